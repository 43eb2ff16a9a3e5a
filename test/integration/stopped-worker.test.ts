import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/base/package-root.ts';
import { EXIT_CODES } from '../../src/schema/job-attempts.ts';
import { checkpointPrefix, configKey, iterationName, manifestKey, rlResumePrefix } from '../../src/schema/keys.ts';
import type { JobName } from '../../src/schema/stages.ts';
import { listWholeCheckpoints } from '../../src/stages/checkpoint.ts';
import { runRollout } from '../../src/stages/rollout/run-rollout.ts';
import { runTrainRl } from '../../src/stages/train-rl/run-train-rl.ts';
import type { Store } from '../../src/store/store.ts';
import { aRunConfig, aStoredRun, jobDeps, MODEL_PREFIX, RUN_ID, scoreBy, writePlan } from '../support/stored-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const rollout = iterationName(0);
const job = {
  runId: RUN_ID,
  configKey: configKey(RUN_ID),
  rollout,
  iteration: 0,
  policyVersion: 0,
  policyPrefix: MODEL_PREFIX,
  shardCount: 1,
};

async function aScoredRun(name: string): Promise<Store> {
  const config = aRunConfig({ rl: { stepsPerIteration: 4, microBatchSequences: 16 } });
  const { store, prompts } = await aStoredRun(join(folder, name), config);
  await writePlan(store, rollout, prompts);
  await runRollout(jobDeps(store), job, 0);
  await scoreBy(store, rollout, ({ tokenIds }) => tokenIds[0] < 160);
  return store;
}

/** Runs the worker as Batch does, with a SIGTERM after its first sign of progress where that is asked for. */
async function runWorker(name: JobName, input: unknown, store: Store, attempt: number, isReclaimed: boolean) {
  const environment = { RISE_STORE: store.uri, RISE_INPUT: JSON.stringify(input), AWS_BATCH_JOB_ATTEMPT: `${attempt}` };
  const child = spawn(process.execPath, [join(packageRoot, 'containers/gpu-worker/main.ts'), name], {
    env: { ...process.env, ...environment },
  });
  const output: string[] = [];
  const onLine = (line: string) => {
    output.push(line);
    if (isReclaimed && line.startsWith('@progress')) child.kill('SIGTERM');
  };
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

jest.setTimeout(600_000);

it('a worker whose spot instance is reclaimed leaves a checkpoint, and its next attempt ends as if it had not been', async () => {
  const store = await aScoredRun('reclaimed');
  const stopped = await runWorker('train-rl', job, store, 1, true);
  expect(stopped.code).toBe(EXIT_CODES.interrupted);
  expect(stopped.output).toContain('train-rl: attempt 1 of 5');
  expect(stopped.output.at(-1)).toMatch(/^InterruptedError: stopped after \d optimizer steps, in attempt 1 of 5/);
  expect(await listWholeCheckpoints(store, rlResumePrefix(RUN_ID, 0))).toHaveLength(1);

  expect((await runWorker('train-rl', job, store, 2, false)).code).toBe(EXIT_CODES.done);
  const whole = await aScoredRun('whole');
  await runTrainRl(jobDeps(whole), job);
  const key = manifestKey(checkpointPrefix(RUN_ID, 0));
  expect((await store.read(key)).toString()).toBe((await whole.read(key)).toString());
});

it('a worker says by its exit code that its input is wrong', async () => {
  const { store } = await aStoredRun(join(folder, 'wrong'), aRunConfig());
  const wrong = await runWorker('train-rl', { ...job, iteration: -1 }, store, 1, false);
  expect(wrong.code).toBe(EXIT_CODES.invalidInput);
});
