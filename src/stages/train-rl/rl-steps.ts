import type { Learner, RlValues } from '../../algorithms/algorithm.ts';
import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { splitEvenly } from '../../base/split-list.ts';
import type { Precision, Training } from '../../engine/open-engine.ts';
import type { StepResult } from '../../engine/training/trainer.ts';
import type { ModelFiles } from '../../engine/weights/model-files.ts';
import type { StageConfig } from '../../schema/stages.ts';
import type { JobDeps } from '../job-deps.ts';
import { countUpdate, finiteMetrics, recordedNow, type StepMetrics } from '../step-metrics.ts';
import type { RlSequence } from './prepare-sequences.ts';
import { checkSamplerDifference, measureSamplerDifference } from './sampler-difference.ts';

/**
 * How an iteration trains.
 *
 * @param base the folder of the base policy, which is the reference where there is one
 */
export function rlTraining({ policy, rl }: StageConfig<'train-rl'>, learner: Learner, base: ModelFiles) {
  const reference = policy.adapter ? ('base' as const) : base;
  return {
    objective: learner,
    optimizer: rl.optimizer,
    freezeVisionTower: policy.freezeVisionTower,
    totalSteps: rl.iterations * rl.stepsPerIteration,
    microBatchSequences: rl.microBatchSequences,
    reference: learner.needsReference ? reference : undefined,
  };
}

/** A seeded shuffle, cut evenly into the batches of the iteration's optimizer steps. */
export function splitIntoBatches(
  sequences: readonly RlSequence[],
  { seed, rl }: StageConfig<'train-rl'>,
  iteration: number,
): RlSequence[][] {
  // The seed's name is part of what a run's weights derive from.
  const order = createRandom(deriveSeed(seed, 'grpo-order', iteration)).shuffle(sequences);
  return splitEvenly(order, rl.stepsPerIteration);
}

export interface RlStepSettings {
  learner: Learner;
  /** Steps that an attempt before this one has taken. */
  taken: readonly StepMetrics[];
  /** Called before each step with those taken so far; what it throws ends the pass. */
  beforeStep(steps: readonly StepMetrics[]): Promise<void>;
  /** Called after each, as before it. */
  afterStep(steps: readonly StepMetrics[]): Promise<void>;
  precision: Precision;
}

/**
 * One pass over a rollout, an optimizer step on each batch. Only the first step is on policy; the ratio to the old policy
 * corrects the others.
 */
export async function takeRlSteps(
  deps: JobDeps,
  training: Training<RlValues>,
  batches: readonly RlSequence[][],
  { learner, taken, beforeStep, afterStep, precision }: RlStepSettings,
): Promise<StepMetrics[]> {
  const steps = [...taken];
  const total = batches.flat().length;
  for (const [at, batch] of batches.entries()) {
    if (at < taken.length) continue;
    await beforeStep(steps);
    const before = batches.slice(0, at).flat().length;
    const result = training.step(batch, (sequences) => {
      const metrics = steps.at(-1);
      deps.report({ stage: 'train-rl', done: before + sequences, total, unit: 'sequences', metrics });
    });
    const onPolicy = at === 0 ? describeFirstStep(result, precision) : {};
    const counts = countUpdate(steps, result.outcome);
    const described = finiteMetrics({ ...describeStep(result, learner), ...onPolicy });
    steps.push({ 'job/attempt': deps.attempt, ...described, ...counts, ...recordedNow() });
    await afterStep(steps);
  }
  return steps;
}

/** @throws SamplerMismatchError the sampler's log-probabilities are not those of the policy that is trained */
function describeFirstStep({ tokens }: StepResult<RlValues>, precision: Precision): StepMetrics {
  const difference = measureSamplerDifference(tokens);
  checkSamplerDifference(difference, precision);
  return {
    'policy/samplerDifferenceMean': difference.mean,
    'policy/samplerDifferenceMax': difference.largest,
  };
}

function describeStep(result: StepResult<RlValues>, learner: Learner): StepMetrics {
  return {
    'train/tokens': result.tokenCount,
    'train/paddingFraction': result.paddingFraction,
    'loss/policy': result.loss,
    ...learner.metrics(result.tokens),
    'policy/entropy': result.entropies.reduce((sum, entropy) => sum + entropy, 0) / result.tokenCount,
    'optimizer/gradNorm': result.gradNorm,
    'optimizer/learningRate': result.learningRate,
  };
}
