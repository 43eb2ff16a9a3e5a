import type { Lesson } from '../../algorithms/algorithm.ts';
import { createLearner } from '../../algorithms/index.ts';
import { disposeAfter } from '../../base/dispose-after.ts';
import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { splitEvenly } from '../../base/split-list.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { metricsKey, policyPrefix, rlResumePrefix } from '../../schema/keys.ts';
import type { TrainRlJob } from '../../schema/stage-inputs.ts';
import { storedModelFiles } from '../../store/model-files.ts';
import { encodeRecords, readConfig } from '../../store/records.ts';
import { readStepCount, saveCheckpoint } from '../checkpoint.ts';
import { completeStage } from '../complete-stage.ts';
import { openPolicy } from '../open-policy.ts';
import { createStepGate, deleteFolder, findResumePoint } from '../resume.ts';
import type { JobDeps } from '../stage-deps.ts';
import { buildSequences, type RlSequence, withOldLogprobs } from './build-sequences.ts';
import { describeIteration, summarizeIteration, type TrainRlSummary } from './iteration-metrics.ts';
import { readScoredGroups } from './read-scored-groups.ts';
import { takeRlSteps } from './rl-steps.ts';

/**
 * One RL iteration: learns from a scored rollout, and saves the next policy with its optimizer's state. A job that was
 * stopped goes on from its last checkpoint, to the same weights bit for bit.
 */
export async function runTrainRl(deps: JobDeps, input: TrainRlJob): Promise<TrainRlSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const folder = rlResumePrefix(input.runId, input.iteration);
  const summary = await completeStage(store, { stage: 'train-rl', input, config }, async (writePart, prefix) => {
    const started = Date.now();
    const groups = await readScoredGroups(store, input, config.rl.groupSize);
    const learner = createLearner(config);
    const lessons = learner.teach(groups);
    const resumePoint = await findResumePoint(store, folder);
    const policy = resumePoint?.prefix ?? firstPolicyOf(input, config);
    return disposeAfter(await openPolicy(deps, input.runId, config, policy), async (engine) => {
      const sequences = await prepareSequences(deps, input, config, engine, lessons, policy);
      const batches = splitIntoBatches(sequences, config, input.iteration);
      const { rl, compute, seed } = config;
      const training = await engine.train({
        objective: learner,
        optimizer: rl.optimizer,
        freezeVisionTower: config.policy.freezeVisionTower,
        totalSteps: rl.iterations * rl.stepsPerIteration,
        stepsBefore: policy === config.policy.model ? undefined : await readStepCount(store, policy),
        microBatchSequences: rl.microBatchSequences,
        batches,
        reference: learner.needsReference ? storedModelFiles(store, config.policy.model) : undefined,
      });
      const { checkpointSeconds } = compute;
      const beforeStep = createStepGate(deps, { folder, checkpointSeconds, training, seed });
      const taken = resumePoint?.metrics ?? [];
      const steps = await takeRlSteps(deps, training, batches, { learner, taken, beforeStep });
      await saveCheckpoint(writePart, prefix, training, seed);

      const result = summarizeIteration(groups, lessons, steps.length, engine.precision);
      const metrics = {
        iteration: input.iteration,
        'job/attempt': deps.attempt,
        ...describeIteration(groups, result, steps.slice(taken.length), Date.now() - started),
        ...engine.preparation,
      };
      await store.write(metricsKey(prefix), encodeRecords([metrics, ...steps]));
      return result;
    });
  });
  await deleteFolder(store, folder);
  return summary;
}

/** Folder of the policy that this iteration begins with. */
const firstPolicyOf = (input: TrainRlJob, config: RunConfig) =>
  policyPrefix(input.runId, input.iteration, config.policy.model);

/** What to learn from; if an older policy sampled, with the log-probabilities under the one this iteration begins with. */
async function prepareSequences(
  deps: JobDeps,
  input: TrainRlJob,
  config: RunConfig,
  engine: Engine,
  lessons: readonly Lesson[],
  policy: string,
): Promise<RlSequence[]> {
  const sequences = await buildSequences(deps.store, engine, config, lessons);
  if (input.policyVersion === input.iteration) return sequences;
  const score = async (engine: Engine) => engine.score(sequences, config.rl.microBatchSequences);
  const first = firstPolicyOf(input, config);
  const logprobs =
    policy === first
      ? await score(engine)
      : await disposeAfter(await openPolicy(deps, input.runId, config, first), score);
  return withOldLogprobs(sequences, logprobs);
}

/** A seeded shuffle, cut evenly into the batches of the iteration's optimizer steps. */
function splitIntoBatches(
  sequences: readonly RlSequence[],
  { seed, rl }: RunConfig,
  iteration: number,
): RlSequence[][] {
  // The seed's name is part of what a run's weights derive from.
  const order = createRandom(deriveSeed(seed, 'grpo-order', iteration)).shuffle(sequences);
  return splitEvenly(order, rl.stepsPerIteration);
}
