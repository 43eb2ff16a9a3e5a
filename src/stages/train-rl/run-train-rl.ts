import type { Learner, RlValues } from '../../algorithms/algorithm.ts';
import { createLearner, trainingVersions } from '../../algorithms/index.ts';
import { disposeAfter } from '../../base/dispose-after.ts';
import type { Engine, Training } from '../../engine/open-engine.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { metricsKey, policyPrefix, rlResumePrefix } from '../../schema/keys.ts';
import type { TrainRlJob } from '../../schema/stage-inputs.ts';
import { storedModelFiles } from '../../store/model-files.ts';
import { encodeRecords, readConfig } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { readStepCount, saveCheckpoint } from '../checkpoint.ts';
import { completeStage } from '../complete-stage.ts';
import { openPolicy } from '../open-policy.ts';
import { createStepGate, deleteFolder, findResumePoint } from '../resume.ts';
import type { JobDeps } from '../stage-deps.ts';
import { describeIteration, summarizeIteration, type TrainRlSummary } from './iteration-metrics.ts';
import { prepareSequences, type RlSequence } from './prepare-sequences.ts';
import { readScoredGroups } from './read-scored-groups.ts';
import { splitIntoBatches, takeRlSteps } from './rl-steps.ts';

/**
 * One RL iteration: learns from a scored rollout, and saves the next policy with its optimizer's state. A job that was
 * stopped goes on from its last checkpoint, to the same weights bit for bit.
 */
export async function runTrainRl(deps: JobDeps, input: TrainRlJob): Promise<TrainRlSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const folder = rlResumePrefix(input.runId, input.iteration);
  const versions = trainingVersions(config, 'rl');
  const summary = await completeStage(
    store,
    { stage: 'train-rl', input, config, versions },
    async (writePart, prefix, store) => {
      const started = Date.now();
      const groups = await readScoredGroups(store, input, config.rl.groupSize);
      const learner = createLearner(config);
      const lessons = learner.teach(groups);
      const resumePoint = await findResumePoint(store, folder);
      const policy = resumePoint?.prefix ?? policyPrefix(input.runId, input.iteration, config.policy.model);
      return disposeAfter(await openPolicy({ ...deps, store }, input.runId, config, policy), async (engine) => {
        const sequences = await prepareSequences({ ...deps, store }, input, config, lessons, { engine, policy });
        const batches = splitIntoBatches(sequences, config, input.iteration);
        const training = await startTraining(store, engine, config, learner, batches, policy);
        const taken = resumePoint?.metrics ?? [];
        const beforeStep = createStepGate(deps, { folder, config, training });
        const steps = await takeRlSteps(deps, training, batches, { learner, taken, beforeStep });
        await saveCheckpoint(writePart, prefix, training, config.seed);

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
    },
  );
  await deleteFolder(store, folder);
  return summary;
}

/** @param policy folder that the engine was opened on: the base model has no optimizer's state */
async function startTraining(
  store: Store,
  engine: Engine,
  { policy: { model, freezeVisionTower }, rl }: RunConfig,
  learner: Learner,
  batches: readonly RlSequence[][],
  policy: string,
): Promise<Training<RlValues>> {
  return engine.train({
    objective: learner,
    optimizer: rl.optimizer,
    freezeVisionTower,
    totalSteps: rl.iterations * rl.stepsPerIteration,
    stepsBefore: policy === model ? undefined : await readStepCount(store, policy),
    microBatchSequences: rl.microBatchSequences,
    batches,
    reference: learner.needsReference ? storedModelFiles(store, model) : undefined,
  });
}
