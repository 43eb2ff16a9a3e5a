import type { Command } from 'commander';
import { toTerminalText } from '../../base/terminal-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { Store } from '../../store/store.ts';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

interface RemoveOptions extends AwsCommandOptions {
  store: string;
  yes?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('rm')
    .description('remove runs: all that is theirs alone; models, data and images that runs share stay')
    .argument('<run...>', 'run ids: folders in runs/ of the store')
    .option('--store <place>', 'folder or s3://bucket/prefix that the runs are in', '.rise')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nWhat other runs took of a removed one is their own and stays. Exits 1 without a yes.');
  withAwsOptions(command).action(remove);
}

async function remove(runIds: string[], { store: uri, yes, json, ...aws }: RemoveOptions): Promise<void> {
  const [{ measureRemovals, removeRun }, { openStore }, { renderRemovals }] = await Promise.all([
    import('../../catalog/remove-runs.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-runs.ts'),
  ]);
  const store = openStore(uri);
  const runs = await measureRemovals(store, runIds);
  await refuseRunning(store, runIds, aws);
  if (!json) print(renderRemovals(runs));
  if (!yes && !(await askForYes(`Remove ${runs.length === 1 ? 'it' : 'them'} for good? [y/N] `))) {
    process.exitCode = 1;
    return;
  }
  for (const run of runs) await removeRun(store, run);
  if (json)
    print(JSON.stringify({ removed: runs.map(({ runId, keys, bytes }) => ({ runId, files: keys.length, bytes })) }));
  else print('Removed.');
}

/** Throws `InvalidInputError` on a run that goes on; a local process holds a lock, AWS is asked. */
async function refuseRunning(store: Store, runIds: readonly string[], options: AwsCommandOptions): Promise<void> {
  const { findHolder } = await import('../../local/run-lock.ts');
  for (const runId of runIds) {
    const holder = await findHolder(store, runId);
    if (holder) {
      throw new InvalidInputError(
        `run ${runId} is being worked on by process ${holder.pid} on ${holder.host}; stop it first`,
      );
    }
  }
  if (!store.uri.startsWith('s3:')) return;
  const { findRunningOnAws } = await import('../../aws/running-on-aws.ts');
  const { running, unasked } = await findRunningOnAws(store, options);
  if (unasked) process.stderr.write(`warning: AWS was not asked what runs there: ${toTerminalText(unasked)}\n`);
  const going = runIds.find((runId) => running.includes(runId));
  if (going) throw new InvalidInputError(`run ${going} goes on on AWS; rise stop ${going} first`);
}

async function askForYes(question: string): Promise<boolean> {
  const { ask } = await import('../ask.ts');
  const answer = await ask(question);
  if (answer === undefined) throw new InvalidInputError('nobody can be asked here; say --yes to remove them');
  return /^y(es)?$/i.test(answer.trim());
}
