// Shape suffixes: N = completion tokens of a micro-batch, flat.

import { createRandom } from '../../base/random.ts';
import { splitEvenly } from '../../base/split-list.ts';
import { grpoLoss, MAX_IMPORTANCE } from '../../engine/losses/grpo-loss.ts';
import { sumGrpoMetrics } from '../../engine/losses/grpo-metrics.ts';
import type { VisionLanguageModel } from '../../engine/models/vision-language-model.ts';
import type { Executor } from '../../engine/runtime/executor.ts';
import type { PadBatch } from '../../engine/runtime/padding.ts';
import { measureBatch, type TrainingSequence } from '../../engine/training/batch.ts';
import {
  type CompletionPass,
  type CompletionResult,
  createCompletionPass,
} from '../../engine/training/completion-pass.ts';
import { type CompletionScorer, createCompletionScorer } from '../../engine/training/completion-scorer.ts';
import { countCompletionTokens, planMicroBatches } from '../../engine/training/plan-micro-batches.ts';
import { planPadding } from '../../engine/training/plan-padding.ts';
import type { StepResult, Trainer } from '../../engine/training/train-step.ts';
import type { RlConfig } from '../../schema/config/rl.ts';
import type { StepMetrics } from '../resume.ts';
import type { JobDeps } from '../stage-deps.ts';

/** A completion to learn from, its advantage, and its tokens' log-probabilities when it was sampled. */
export interface GrpoSequence extends TrainingSequence {
  samplingLogprobs: readonly number[];
  /** Under the policy before this iteration, where that is not the one that sampled. */
  oldLogprobs?: Float32Array;
  advantage: number;
}

export interface GrpoModels {
  model: VisionLanguageModel;
  trainer: Trainer;
  /** The frozen policy the KL term holds to; absent without that term. */
  reference?: VisionLanguageModel;
}

/** What one pass over a rollout batch takes. */
export interface GrpoPassSettings {
  config: RlConfig;
  shuffleSeed: number;
  /** Steps that an attempt before this one has taken. */
  taken: readonly StepMetrics[];
  /** Called before each step with those taken so far; what it throws ends the pass. */
  beforeStep(steps: readonly StepMetrics[]): Promise<void>;
}

/**
 * One pass over a rollout batch: a seeded shuffle, split evenly into `stepsPerIteration` optimizer steps, each
 * accumulated over micro-batches. Only the first step is on policy; the ratio to the old policy corrects the others.
 */
export async function takeGrpoSteps(
  deps: JobDeps,
  models: GrpoModels,
  sequences: readonly GrpoSequence[],
  { config, shuffleSeed, taken, beforeStep }: GrpoPassSettings,
): Promise<StepMetrics[]> {
  const batches = splitEvenly(createRandom(shuffleSeed).shuffle(sequences), config.stepsPerIteration);
  const { model, trainer, reference } = models;
  const plans = batches.map((batch) => planMicroBatches(batch, config.microBatchSequences));
  const pad = planPadding(plans.flat().map(measureBatch), model.weightCount);
  const pass = createGrpoPass(models, config, pad);
  const scoreReference = reference && createCompletionScorer(reference, trainer.executor, pad);
  const steps = [...taken];
  let done = batches.slice(0, steps.length).flat().length;
  while (steps.length < plans.length) {
    await beforeStep(steps);
    const step = takeStep({ trainer, pass, scoreReference }, plans[steps.length], config, (count) => {
      done += count;
      const metrics = steps.at(-1);
      deps.report({ stage: 'train-rl', done, total: sequences.length, unit: 'sequences', metrics });
    });
    steps.push({ 'job/attempt': deps.attempt, ...step });
  }
  return steps;
}

/** Gives each sequence its log-probabilities under a policy, computed inside an executor. */
export function withOldLogprobs(
  policy: VisionLanguageModel,
  executor: Executor,
  sequences: readonly GrpoSequence[],
  { microBatchSequences }: RlConfig,
): GrpoSequence[] {
  const microBatches = planMicroBatches(sequences, microBatchSequences);
  const pad = planPadding(microBatches.map(measureBatch), policy.weightCount);
  const scorePolicy = createCompletionScorer(policy, executor, pad);
  const oldLogprobs = new Map<GrpoSequence, Float32Array>();
  for (const micro of microBatches) {
    const logprobs = scorePolicy(micro);
    let first = 0;
    for (const sequence of micro) {
      const end = first + sequence.completionIds.length;
      oldLogprobs.set(sequence, logprobs.slice(first, end));
      first = end;
    }
  }
  return sequences.map((sequence) => ({ ...sequence, oldLogprobs: oldLogprobs.get(sequence) }));
}

type GrpoPass = CompletionPass<'sampling' | 'old' | 'advantages' | 'reference'>;

/** The pass of a micro-batch's GRPO loss. */
export function createGrpoPass({ model, trainer }: GrpoModels, config: RlConfig, pad: PadBatch): GrpoPass {
  return createCompletionPass(
    model,
    trainer,
    (policyLogprobs_N, { sampling, old, advantages, reference }, tokenCount) =>
      grpoLoss({
        ...config,
        policyLogprobs_N,
        samplingLogprobs_N: sampling!,
        oldLogprobs_N: old,
        advantages_N: advantages!,
        referenceLogprobs_N: reference,
        tokenCount,
      }),
    pad,
  );
}

interface GrpoStepModels {
  trainer: Trainer;
  pass: GrpoPass;
  scoreReference?: CompletionScorer;
}

function takeStep(
  { trainer, pass, scoreReference }: GrpoStepModels,
  microBatches: readonly GrpoSequence[][],
  config: RlConfig,
  onMicroBatch: (sequences: number) => void,
): StepMetrics {
  const tokenCount = countCompletionTokens(microBatches.flat());
  const sums = { clippedTokens: 0, approximateKl: 0, entropy: 0, importance: 0 };

  function* runMicroBatches(): Generator<CompletionResult> {
    for (const micro of microBatches) {
      const { sampling, old, advantages } = flattenTokens(micro);
      const result = pass.run(micro, { sampling, old, advantages, reference: scoreReference?.(micro) }, tokenCount);
      const moved = sumGrpoMetrics(result.logprobs, old ?? sampling, advantages, config);
      sums.clippedTokens += moved.clippedTokens;
      sums.approximateKl += moved.approximateKl;
      for (const entropy of result.entropies) sums.entropy += entropy;
      old?.forEach((logprob, n) => {
        sums.importance += Math.min(Math.exp(logprob - sampling[n]), MAX_IMPORTANCE);
      });
      yield result;
      onMicroBatch(micro.length);
    }
  }

  return describeStep(trainer.step(runMicroBatches()), sums, tokenCount);
}

/** What the pass is told of each completion token, in the order of the batch. */
export function flattenTokens(sequences: readonly GrpoSequence[]): Record<'sampling' | 'advantages', Float32Array> & {
  old?: Float32Array;
} {
  const isOnPolicy = sequences[0].oldLogprobs === undefined;
  return {
    sampling: Float32Array.from(sequences.flatMap(({ samplingLogprobs }) => samplingLogprobs)),
    ...(!isOnPolicy && { old: Float32Array.from(sequences.flatMap(({ oldLogprobs = [] }) => [...oldLogprobs])) }),
    advantages: Float32Array.from(
      sequences.flatMap(({ advantage, completionIds }) => completionIds.map(() => advantage)),
    ),
  };
}

function describeStep(
  { loss, gradNorm, learningRate, paddingFraction }: StepResult,
  sums: { clippedTokens: number; approximateKl: number; entropy: number; importance: number },
  tokenCount: number,
): StepMetrics {
  return {
    'train/tokens': tokenCount,
    'train/paddingFraction': paddingFraction,
    'loss/policy': loss,
    'loss/clipFraction': sums.clippedTokens / tokenCount,
    'loss/approximateKl': sums.approximateKl / tokenCount,
    'policy/entropy': sums.entropy / tokenCount,
    ...(sums.importance > 0 && { 'policy/importanceMean': sums.importance / tokenCount }),
    'optimizer/gradNorm': gradNorm,
    'optimizer/learningRate': learningRate,
  };
}
