import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { RunConfig } from '../../src/schema/config/run-config.ts';
import {
  configKey,
  imageKey,
  planPrefix,
  planPromptsKey,
  recordsKey,
  scoresPrefix,
  trajectoriesPrefix,
} from '../../src/schema/keys.ts';
import type { Progress } from '../../src/schema/progress.ts';
import type { Prompt } from '../../src/schema/prompt.ts';
import { Trajectory, type TrajectoryScore } from '../../src/schema/trajectory.ts';
import type { JobDeps } from '../../src/stages/job-deps.ts';
import { createPolicyOpener } from '../../src/stages/open-policy.ts';
import { openCheckpoints } from '../../src/stages/resume.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { encodeRecords, readRecords } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { finishWork } from './finished-work.ts';

export const RUN_ID = 'test-run';
export const MODEL_PREFIX = 'models/tiny/';
const fixture = join(packageRoot, 'test/fixtures/parity/one-image');

export type Overrides = {
  policy?: Partial<RunConfig['policy']>;
  rl?: Partial<RunConfig['rl']>;
  sft?: Partial<RunConfig['sft']>;
  compute?: Partial<RunConfig['compute']>;
};

/** A config whose policy is the `one-image` parity checkpoint: random weights, real tokenizer and processor. */
export function aRunConfig({ policy, rl, sft, compute }: Overrides = {}): RunConfig {
  const source = { kind: 'dataset', path: 'datasets/none/' };
  const optimizer = { learningRate: 2e-3 };
  return RunConfig.parse({
    name: 'test',
    seed: 5,
    policy: { model: MODEL_PREFIX, ...policy },
    data: { train: source, evaluation: source },
    sampling: { maxNewTokens: 8 },
    rl: {
      iterations: 2,
      promptsPerIteration: 4,
      groupSize: 4,
      stepsPerIteration: 2,
      microBatchSequences: 3,
      optimizer,
      ...rl,
    },
    sft: { epochs: 3, sequencesPerStep: 2, microBatchSequences: 1, optimizer, ...sft },
    compute: { ...compute },
  });
}

/** A store in a folder, with the policy, the config and one image. */
export async function aStoredRun(folder: string, config: RunConfig): Promise<{ store: Store; prompts: Prompt[] }> {
  const store = createLocalStore(folder);
  for (const name of readdirSync(join(fixture, 'checkpoint'))) {
    await store.write(`${MODEL_PREFIX}${name}`, readFileSync(join(fixture, 'checkpoint', name)));
  }
  await store.write(configKey(RUN_ID), JSON.stringify(config));
  return { store, prompts: await somePrompts(store) };
}

async function somePrompts(store: Store): Promise<Prompt[]> {
  const bytes = readFileSync(join(fixture, 'shapes.png'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const image = { key: imageKey(sha256, 'png'), sha256, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  await store.write(image.key, bytes);
  return Array.from({ length: 4 }, (_, i) => ({
    promptId: `prompt-${i}`,
    question: `What is ${i} + 1?`,
    images: i % 2 === 0 ? [image] : [],
    groundTruth: String(i + 1),
  }));
}

/** Plans one shard of prompts for a rollout. */
export async function writePlan(store: Store, rollout: string, prompts: readonly Prompt[]): Promise<void> {
  await store.write(planPromptsKey(RUN_ID, rollout, 0), encodeRecords(prompts));
  await finishWork(store, planPrefix(RUN_ID, rollout));
}

/** Scores the rollout's trajectories by a rule of the test's own. */
export async function scoreBy(
  store: Store,
  rollout: string,
  isCorrect: (trajectory: Trajectory) => boolean,
): Promise<TrajectoryScore[]> {
  const trajectories = await readRecords(store, recordsKey(trajectoriesPrefix(RUN_ID, rollout, 0)), Trajectory);
  const scores = trajectories.map((trajectory) => ({
    promptId: trajectory.promptId,
    trajectoryIndex: trajectory.trajectoryIndex,
    reward: isCorrect(trajectory) ? 1 : 0,
    isCorrect: isCorrect(trajectory),
    rewardBreakdown: {},
  }));
  await store.write(recordsKey(scoresPrefix(RUN_ID, rollout, 0)), encodeRecords(scores));
  await finishWork(store, scoresPrefix(RUN_ID, rollout, 0));
  return scores;
}

/** What a job is given, and the progress it reports; `stopAfter` aborts once that many reports have come. */
export function jobDeps(store: Store, stopAfter = Number.POSITIVE_INFINITY): JobDeps & { reports: Progress[] } {
  const stop = new AbortController();
  const reports: Progress[] = [];
  const report = (progress: Progress) => {
    reports.push(progress);
    if (reports.length >= stopAfter) stop.abort();
  };
  const openPolicy = createPolicyOpener(report);
  return { store, report, signal: stop.signal, attempt: 1, openPolicy, openCheckpoints, reports };
}

/** As `jobDeps`, for a worker that dies, with no time for anything, as it makes its `reports`-th report. */
export function crashingDeps(store: Store, reports: number): JobDeps {
  const deps = jobDeps(store);
  const report = (progress: Progress) => {
    deps.report(progress);
    if (deps.reports.length === reports) throw new Error('crash');
  };
  return { ...deps, report, openPolicy: createPolicyOpener(report) };
}
