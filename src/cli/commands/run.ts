import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { RunEvent } from '../../local/local-home.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InterruptedError, RiseError } from '../../schema/errors.ts';
import type { Store } from '../../store/store.ts';
import { numberOption } from '../number-option.ts';
import type { ProgressView } from '../views/progress-view.ts';

interface RunOptions {
  store: string;
  runId?: string;
  seed?: number;
  quiet?: boolean;
  json?: boolean;
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run the whole recipe on this machine: RL, diagnosis, SFT, evaluation; the same command resumes')
    .argument('<config>', 'run config, a YAML file; paths in it are relative to it')
    .option('--store <place>', 'folder or s3://bucket/prefix that keeps models, records and results', '.rise')
    .option('--run-id <id>', 'name of the run; by default the name in the config and a hash of all that goes in')
    .option('--seed <n>', 'instead of the seed in the config', numberOption({ least: 0, isWhole: true }))
    .option('--quiet', 'print the report only')
    .option('--json', 'print one event per line; the last is {"kind": "summary", ...}')
    .action(run);
}

async function run(configPath: string, options: RunOptions): Promise<void> {
  const [{ readRunConfig }, { prepareRun }, { lockRun }, { openStore }, { runLocally }] = await Promise.all([
    import('../../launch/read-run-config.ts'),
    import('../../launch/prepare-run.ts'),
    import('../../local/run-lock.ts'),
    import('../../store/open-store.ts'),
    import('../../local/run-locally.ts'),
  ]);
  const config = await readRunConfig(configPath);
  if (options.seed !== undefined) config.seed = options.seed;
  // The SDK does not know this name of the region, which the AWS CLI takes; the jobs inherit it.
  if (process.env.AWS_DEFAULT_REGION) process.env.AWS_REGION ??= process.env.AWS_DEFAULT_REGION;
  const store = openStore(options.store);
  const prepared = await prepareRun(store, config, dirname(configPath), options.runId);
  const unlock = await lockRun(store, prepared.input.runId);
  // The Lambda stages run in this process and read their environment as they do on AWS.
  process.env.RISE_STORE = store.uri;
  const view = await createView(prepared.config, options);
  if (!options.quiet && !options.json) console.log(`run ${prepared.input.runId} in ${options.store}`);
  let failure: Failure | undefined;
  const onEvent = (event: RunEvent) => {
    // The first cause is the one to tell, should recording it fail as well.
    if (event.kind === 'state-failed' && event.state !== 'RecordFailure') failure = event;
    view.onEvent(event);
  };
  try {
    await runLocally({ store, onEvent, signal: stopSignal() }, prepared.input, prepared.config);
  } catch (error) {
    throw explain(error as Error, failure);
  } finally {
    view.close();
    await unlock();
  }
  await printResult(store, prepared.input.runId, options);
}

type Failure = RunEvent & { kind: 'state-failed' };

/** Says what comes next. An error that is no `RiseError` is a fault of ours: it stays as it is, with its stack. */
function explain(error: Error, failure: Failure | undefined): Error {
  if (error instanceof InterruptedError) {
    return new InterruptedError('Stopped. What is done is kept: run the same command again to resume.', {
      cause: error,
    });
  }
  // The machine itself ends under a name that says no more than that it failed.
  const told = failure?.error ?? error;
  if (!(told instanceof RiseError)) return told;
  told.message = `${failure ? `${failure.state}: ` : ''}${told.message}\nWhat is done before this is kept: once the cause is gone, run the same command again to resume.`;
  return told;
}

/** `npm` passes a Ctrl-C on that the terminal has sent already: a signal so soon after another is the same one. */
const SAME_SIGNAL_MILLISECONDS = 1000;

/** Aborts at the first signal; at the second this process ends at once, and its workers with it. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const onSignal = () => {
    firstAt ??= Date.now();
    if (Date.now() - firstAt > SAME_SIGNAL_MILLISECONDS) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}

async function createView(config: RunConfig, { quiet, json }: RunOptions): Promise<ProgressView> {
  const views = await import('../views/progress-view.ts');
  if (json) return views.createJsonView((text) => process.stdout.write(text));
  if (quiet) return views.createQuietView((text) => process.stderr.write(text));
  if (process.stdout.isTTY) return views.createTerminalView(config, process.stdout);
  return views.createLineView(config, (text) => process.stdout.write(text));
}

async function printResult(store: Store, runId: string, { json, store: place }: RunOptions): Promise<void> {
  const { reportPrefix, sftCheckpointPrefix, summaryKey } = await import('../../schema/keys.ts');
  if (json) {
    const summary = JSON.parse((await store.read(summaryKey(runId))).toString('utf8'));
    console.log(JSON.stringify({ kind: 'summary', ...summary }));
    return;
  }
  const report = (await store.read(`${reportPrefix(runId)}report.txt`)).toString('utf8');
  console.log(`\n${report.trimEnd()}\n`);
  console.log(`report   ${place}/${reportPrefix(runId)}report.md`);
  console.log(`summary  ${place}/${summaryKey(runId)}`);
  console.log(`model    ${place}/${sftCheckpointPrefix(runId)}`);
}
