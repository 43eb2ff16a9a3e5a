import { createLearner, rlVersions } from '../../algorithms/index.ts';
import { metricsKey, policyPrefix, trainingStatePrefix } from '../../schema/keys.ts';
import type { TrainRlJob } from '../../schema/stage-inputs.ts';
import { storedModelFiles } from '../../store/model-files.ts';
import { encodeRecords } from '../../store/records.ts';
import { beginStage } from '../begin-stage.ts';
import { stateFiles } from '../checkpoint.ts';
import { createUpdateGuard, requireUpdates } from '../guard-updates.ts';
import type { JobDeps } from '../job-deps.ts';
import { recordedNow } from '../step-metrics.ts';
import { findTrainingState } from './find-training-state.ts';
import { describeIteration, describeUpdates, summarizeIteration, type TrainRlSummary } from './iteration-metrics.ts';
import { addOldLogprobs, buildSequences } from './prepare-sequences.ts';
import { readScoredGroups } from './read-scored-groups.ts';
import { rlTraining, splitIntoBatches, takeRlSteps } from './rl-steps.ts';

/**
 * One RL iteration: learns from a scored rollout, and saves the next policy; where another iteration follows, the optimizer's
 * state too. A job that was stopped goes on from its last checkpoint, to the same weights bit for bit.
 */
export async function runTrainRl(deps: JobDeps, input: TrainRlJob): Promise<TrainRlSummary> {
  const work = await beginStage<TrainRlSummary, 'train-rl'>(deps.store, { stage: 'train-rl', input }, rlVersions);
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix } = work;
  const { runId, iteration } = input;
  const { rl, policy, seed } = config;

  const started = Date.now();
  const groups = await readScoredGroups(store, input, rl.groupSize);
  const learner = createLearner(config);
  const lessons = learner.teach(groups);
  const first = policyPrefix(runId, iteration, policy.model);
  const findState = iteration === 0 ? undefined : () => findTrainingState(store, runId, iteration - 1);
  const checkpoints = deps.openCheckpoints(work);
  const start = await checkpoints.findStart(first, findState);
  const engine = await deps.openPolicy(work, start.folder);
  try {
    const sampled = await buildSequences(work, engine, lessons);
    const isBehind = input.policyVersion !== iteration;
    const sequences = isBehind ? await addOldLogprobs(deps, work, sampled, first, { engine, start }) : sampled;
    const batches = splitIntoBatches(sequences, config, iteration);
    const training = await engine.train({
      ...rlTraining(config, learner, storedModelFiles(store, policy.model)),
      state: start.state,
      batches,
    });
    const { taken } = start;
    const beforeStep = checkpoints.createStepGate(deps, training);
    const afterStep = createUpdateGuard(rl.optimizer, (taken) => checkpoints.keepLastGood(first, taken));
    const settings = { learner, taken, beforeStep, afterStep, precision: engine.precision };
    const steps = requireUpdates(await takeRlSteps(deps, training, batches, settings));
    for (const [name, content] of training.files()) await work.writePart(`${prefix}${name}`, content);
    if (iteration + 1 < rl.iterations) {
      const state = trainingStatePrefix(runId, iteration);
      for (const [name, content] of stateFiles(training, seed)) await work.writePart(`${state}${name}`, content);
    }

    const summary = summarizeIteration(groups, lessons, steps, engine.precision);
    const metrics = {
      iteration,
      'job/attempt': deps.attempt,
      ...describeIteration(groups, summary, steps.slice(taken.length), Date.now() - started),
      ...describeUpdates(steps),
      ...engine.preparation,
      ...recordedNow(),
    };
    await store.write(metricsKey(prefix), encodeRecords([metrics, ...steps]));
    return await work.finish(summary, rlVersions(config));
  } finally {
    engine[Symbol.dispose]();
  }
}
