import * as tf from '@tensorflow/tfjs-core';
import { deriveSeed } from '../../base/seeds.ts';
import type { OptimizerConfig } from '../../schema/config/optimizer.ts';
import { adoptWeights } from '../models/adopt-weights.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import { createOptimizer, type Optimizer, type StepOutcome } from '../optim/create-optimizer.ts';
import { createRule } from '../optim/index.ts';
import type { Executor } from '../runtime/executor.ts';
import { measureBatch, type TrainingSequence } from './batch.ts';
import { createCompletionPass } from './completion-pass.ts';
import { createCompletionScorer } from './completion-scorer.ts';
import type { Objective, ToldValues } from './objective.ts';
import { flattenValues, type StepTokens, sumPasses } from './pass-results.ts';
import { countCompletionTokens, planMicroBatches } from './plan-micro-batches.ts';
import { planPadding } from './plan-padding.ts';
import { planCopies } from './plan-segments.ts';

/** What one optimizer step did. */
export interface StepResult<Values> extends StepTokens<Values> {
  outcome: StepOutcome;
  loss: number;
  /** Global gradient norm before the clip. */
  gradNorm: number;
  learningRate: number;
  /** Completion tokens of the batch. */
  tokenCount: number;
  /** Share of padding among the tokens that the model read. */
  paddingFraction: number;
}

/**
 * A trainer of a model by one objective, whichever it is: it cuts batches, accumulates gradients and steps the
 * optimizer.
 */
export interface Trainer<Values> {
  readonly optimizer: Optimizer;
  /**
   * One optimizer step; one whose loss or gradient is not finite is skipped.
   *
   * @param onMicroBatch called with the sequences that the pass under way has run
   */
  step(sequences: readonly TrainingSequence<Values>[], onMicroBatch?: (done: number) => void): StepResult<Values>;
  /** Copies the trained weights back into the model, so that another executor can adopt them. */
  updateModel(): void;
}

export interface TrainerSettings<Values> {
  objective: Objective<Values>;
  /** Trainable weights of the model, by name. */
  trainable: ReadonlyMap<string, tf.Variable>;
  optimizer: OptimizerConfig;
  /** Of the whole schedule, those before a resume included. */
  totalSteps: number;
  /** Sequences per forward pass; their gradients accumulate over a step. */
  microBatchSequences: number;
  /** The batches of all steps, where they are known ahead: they then share shapes that fit them. */
  batches?: readonly (readonly TrainingSequence<Values>[])[];
  /** Of what the model drops in training; without it nothing is dropped, as where ratios to a sampler count. */
  dropoutSeed?: number;
  /** A frozen model whose log-probabilities the loss is told as `reference`. */
  reference?: VisionLanguageModel;
}

/** Trains inside an executor, which holds weights, gradients and the optimizer's state from now on. */
export function createTrainer<Values>(
  model: VisionLanguageModel,
  executor: Executor,
  settings: TrainerSettings<Values>,
): Trainer<Values> {
  const { objective, trainable, microBatchSequences, batches, reference, dropoutSeed } = settings;
  const formOf = planCopies(trainable.values(), model.config);
  const weights = new Map([...trainable].map(([name, variable]) => [name, executor.adopt(variable, formOf(variable))]));
  adoptWeights(executor, model);
  const rule = createRule('optimizer', settings.optimizer);
  const optimizer = createOptimizer(executor, weights, rule, {
    ...settings.optimizer,
    totalSteps: settings.totalSteps,
  });
  const cut = (sequences: readonly TrainingSequence<Values>[]) => planMicroBatches(sequences, microBatchSequences);
  const pad = batches && planPadding(batches.flatMap(cut).map(measureBatch), model.weightCount);
  const { gradients } = optimizer;
  const pass = createCompletionPass(model, executor, { variables: trainable, gradients, objective, pad });
  const scoreReference = reference && createCompletionScorer(reference, executor, { pad });

  return {
    optimizer,
    step(sequences, onMicroBatch) {
      const microBatches = cut(sequences);
      const told: ToldValues<Values, Float32Array>[] = [];
      const tokenCount = countCompletionTokens(sequences);
      const normalizer = objective.normalizer({ sequences: sequences.length, tokens: tokenCount });
      const accumulate = () => {
        let done = 0;
        const results = microBatches.map((micro, at) => {
          told[at] ??= flattenValues(micro, scoreReference?.(micro));
          const seed =
            model.withDropout && dropoutSeed !== undefined
              ? deriveSeed(dropoutSeed, optimizer.stepCount, at)
              : undefined;
          const result = pass(micro, told[at], normalizer, seed);
          done += micro.length;
          onMicroBatch?.(done);
          return { ...result, values: told[at] };
        });
        return sumPasses<Values>(results);
      };
      const { outcome, result, gradNorm, learningRate } = optimizer.step(accumulate);
      const { loss, tokens, entropies, paddingFraction } = result;
      return { outcome, loss, gradNorm, learningRate, tokenCount, paddingFraction, tokens, entropies };
    },
    updateModel() {
      if (!executor.isTraced) return;
      const names = [...trainable.keys()];
      const values = executor.read(names.map((name) => weights.get(name)!));
      values.forEach(({ data, shape }, at) => {
        tf.tidy(() => trainable.get(names[at])!.assign(tf.tensor(data, [...shape])));
      });
    },
  };
}

/**
 * The weights that training changes: those that a model names, or all; but for the vision tower's (its merger included) where
 * that is frozen.
 */
export function selectTrainable(
  model: Pick<VisionLanguageModel, 'weights' | 'trainable' | 'isVisionWeight'>,
  freezeVisionTower: boolean,
): Map<string, tf.Variable> {
  const { weights, trainable = weights } = model;
  return new Map([...trainable].filter(([name]) => !(freezeVisionTower && model.isVisionWeight(name))));
}
