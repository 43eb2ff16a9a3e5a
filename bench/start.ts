/**
 * Seconds from `rise run examples/tiny.yaml` to the first sampled token, and where they go; of its first jobs what tracing
 * and compiling cost. Once with nothing compiled by Node before, then as every later run finds it.
 *
 *     npm run bench -- start
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../src/base/package-root.ts';
import { checkpointPrefix, iterationName, metricsKey, trajectoriesPrefix } from '../src/schema/keys.ts';
import { median, printResult, printTable, RUNS } from './support/report.ts';

const RUN_ID = 'bench';
/** The states of the first jobs. */
const JOBS = ['Rollout', 'TrainRl'] as const;

/** Seconds by name. */
type Parts = Record<string, number>;

/** One run up to the end of its first training job. */
interface Start {
  toFirstToken: Parts;
  /** Of each job, by state. */
  jobs: Record<string, Parts>;
}

const compiled = mkdtempSync(join(tmpdir(), 'metis-rise-compiled-'));
try {
  const cold = await measureStart(compiled);
  const warm: Start[] = [];
  for (let run = 0; run < RUNS; run++) warm.push(await measureStart(compiled));
  report(cold, warm);
} finally {
  rmSync(compiled, { recursive: true });
}

function report(cold: Start, warm: readonly Start[]): void {
  const parts = medians(warm.map(({ toFirstToken }) => toFirstToken));
  const total = median(warm.map(({ toFirstToken }) => sum(toFirstToken)));
  console.log(`from \`rise run\` to the first sampled token: the first run, and the medians of ${RUNS} later ones`);
  const rows = Object.keys(parts).map((part) => [part, cold.toFirstToken[part], parts[part]]);
  printTable(['part', 'first, s', 'later, s'], [...rows, ['all', sum(cold.toFirstToken), total]]);
  const jobs = Object.fromEntries(
    JOBS.map((state) => [state, medians(warm.map((start) => start.jobs[state]))] as const),
  );
  console.log('\nthe first jobs, medians of the later runs');
  const names = Object.keys(jobs[JOBS[0]]);
  printTable(
    ['job', ...names],
    Object.entries(jobs).map(([state, job]) => [state, ...names.map((name) => job[name])]),
  );
  printResult('start', [{ model: 'rise-tiny', ours: total, unit: 's', parts, first: sum(cold.toFirstToken), jobs }]);
}

function sum(parts: Parts): number {
  return Object.values(parts).reduce((total, seconds) => total + seconds, 0);
}

function medians(runs: readonly Parts[]): Parts {
  return Object.fromEntries(Object.keys(runs[0]).map((part) => [part, median(runs.map((run) => run[part]))]));
}

/** @param compiled folder of what Node has compiled */
async function measureStart(compiled: string): Promise<Start> {
  const store = mkdtempSync(join(tmpdir(), 'metis-rise-'));
  try {
    const nodeStart = timeNode(['-e', '0']);
    const setUpCheck = timeNode([join(packageRoot, 'setup/main.mjs')]) - nodeStart;
    const events = await followRun(store, compiled);
    const [rollout, training] = [trajectoriesPrefix(RUN_ID, iterationName(0), 0), checkpointPrefix(RUN_ID, 0)].map(
      (prefix): Parts => JSON.parse(readFileSync(join(store, metricsKey(prefix)), 'utf8').split('\n')[0]),
    );
    return {
      toFirstToken: {
        Node: nodeStart,
        'set-up check': setUpCheck,
        'command line, model to the store': events.validateEntered - nodeStart - setUpCheck,
        'validate, plan; meanwhile a worker loads TensorFlow': events.started.Rollout - events.validateEntered,
        'model, images, prefill': rollout['time/firstTokenSeconds'],
      },
      jobs: {
        Rollout: describeJob(events.seconds.Rollout, rollout),
        TrainRl: describeJob(events.seconds.TrainRl, training),
      },
    };
  } finally {
    rmSync(store, { recursive: true });
  }
}

function describeJob(seconds: number, metrics: Parts): Parts {
  return {
    seconds,
    graphs: metrics['engine/graphs'],
    trace: metrics['time/traceSeconds'],
    'first runs': metrics['time/firstRunSeconds'],
  };
}

/** Seconds since the run's start, and of each job from its start to its end. */
interface Events {
  validateEntered: number;
  started: Parts;
  seconds: Parts;
}

/** Starts the run in an empty store and ends it after its first training job. */
async function followRun(store: string, compiled: string): Promise<Events> {
  const started = performance.now();
  const command = [join(packageRoot, 'bin/rise.js'), 'run', join(packageRoot, 'examples/tiny.yaml'), '--json'];
  const child = spawn(process.execPath, [...command, '--store', store, '--run-id', RUN_ID], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const events = await readEvents(child, started);
  child.kill('SIGTERM');
  await closed;
  return events;
}

async function readEvents(child: ChildProcess, started: number): Promise<Events> {
  const events: Events = { validateEntered: Number.NaN, started: {}, seconds: {} };
  for await (const line of createInterface({ input: child.stdout! })) {
    const now = (performance.now() - started) / 1000;
    const { kind, state, seconds } = JSON.parse(line);
    if (kind === 'state-entered' && state === 'Validate') events.validateEntered = now;
    if (kind === 'job-started') events.started[state] = now;
    if (kind === 'job-finished') events.seconds[state] = seconds;
    if (kind === 'job-finished' && state === JOBS.at(-1)) return events;
  }
  throw new Error('the run ended before its first jobs had; its error is above');
}

function timeNode(args: string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return (performance.now() - started) / 1000;
}
