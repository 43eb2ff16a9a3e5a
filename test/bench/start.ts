/**
 * Seconds from `rise run examples/tiny.yaml` to the first sampled token, and where they go. The run is ended when its first
 * rollout job starts; that job's way to its first token is then gone part by part, on the same store.
 *
 *     npm run bench -- start
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/package-root.ts';
import { median, printResult, printTable, RUNS } from './support/report.ts';

/** What support/first-token.ts prints. */
type WorkerParts = Record<
  'workerStart' | 'tensorflow' | 'modelLoad' | 'images' | 'prefill' | 'firstStep' | 'warmPrefill' | 'warmStep',
  number
>;

const RUN_ID = 'bench';

type Parts = Record<string, number>;

const runs: { toFirstToken: Parts; toSecond: Parts }[] = [];
for (let run = 0; run < RUNS; run++) runs.push(await measureStart());
const parts = medians(runs.map(({ toFirstToken }) => toFirstToken));
const second = medians(runs.map(({ toSecond }) => toSecond));
const total = median(
  runs.map(({ toFirstToken }) => Object.values(toFirstToken).reduce((sum, seconds) => sum + seconds, 0)),
);

console.log(`from \`rise run\` to the first sampled token, medians of ${RUNS} runs`);
printTable(['part', 'seconds'], [...Object.entries(parts), ['all', total]]);
console.log('\nfrom there to the second');
printTable(['part', 'seconds'], Object.entries(second));
printResult('start', [{ model: 'rise-tiny', ours: total, unit: 's', parts }]);

function medians(runs: Parts[]): Parts {
  return Object.fromEntries(Object.keys(runs[0]).map((part) => [part, median(runs.map((run) => run[part]))]));
}

async function measureStart(): Promise<{ toFirstToken: Parts; toSecond: Parts }> {
  const store = mkdtempSync(join(tmpdir(), 'metis-rise-'));
  const nodeStart = timeNode(['-e', '0']);
  const setUpCheck = timeNode([join(packageRoot, 'scripts/setup/main.mjs')]) - nodeStart;
  const run = await followRun(store);
  const worker = runNode([join(packageRoot, 'test/bench/support/first-token.ts'), store, RUN_ID]);
  const { workerStart, tensorflow, modelLoad, images, ...passes }: WorkerParts = JSON.parse(worker);
  rmSync(store, { recursive: true });
  const toFirstToken = {
    Node: nodeStart,
    'set-up check': setUpCheck,
    'command line, model to the store': run.validateEntered - nodeStart - setUpCheck,
    'validate, plan': run.jobStarted - run.validateEntered,
    'worker process': workerStart,
    TensorFlow: tensorflow,
    model: modelLoad,
    'images, prompts': images,
    ...splitFirst(passes.prefill, passes.warmPrefill, 'prefill, first token'),
  };
  return { toFirstToken, toSecond: splitFirst(passes.firstStep, passes.warmStep, 'decoding step') };
}

/** What a first time takes longer than the next: tracing and compiling, cold memory. */
function splitFirst(first: number, next: number, name: string): Parts {
  return { 'trace, compile, warm up': Math.max(0, first - next), [name]: Math.min(first, next) };
}

/** Starts the run in an empty store and ends it at its first job. Gives seconds since its start. */
async function followRun(store: string): Promise<{ validateEntered: number; jobStarted: number }> {
  const started = performance.now();
  const command = [join(packageRoot, 'bin/rise.js'), 'run', join(packageRoot, 'examples/tiny.yaml'), '--json'];
  const child = spawn(process.execPath, [...command, '--store', store, '--run-id', RUN_ID], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const seconds = await readEvents(child, started);
  child.kill('SIGKILL');
  await closed;
  return seconds;
}

async function readEvents(child: ChildProcess, started: number) {
  let validateEntered: number | undefined;
  for await (const line of createInterface({ input: child.stdout! })) {
    const now = (performance.now() - started) / 1000;
    const { kind } = JSON.parse(line);
    if (kind === 'state-entered') validateEntered ??= now;
    if (kind === 'job-started' && validateEntered !== undefined) return { validateEntered, jobStarted: now };
  }
  throw new Error('the run ended before its first job; its error is above');
}

function timeNode(args: string[]): number {
  const started = performance.now();
  runNode(args);
  return (performance.now() - started) / 1000;
}

function runNode(args: string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
