import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../../schema/config/optimizer.ts';
import { DivergedError } from '../../schema/errors.ts';
import { adoptWeights } from '../models/adopt-weights.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import { type AdamW, createAdamW } from '../optim/adamw.ts';
import { clipFactor } from '../optim/clip-factor.ts';
import { learningRateAt } from '../optim/schedule.ts';
import type { Executor } from '../runtime/executor.ts';

/** What one optimizer step did. */
export interface StepResult {
  /** Sum of the micro-batches' losses. */
  loss: number;
  /** Global gradient norm before the clip. */
  gradNorm: number;
  learningRate: number;
  /** Share of padding among the tokens that the model read. */
  paddingFraction: number;
}

/** What one micro-batch added to a step. */
export interface MicroBatch {
  loss: number;
  /** The weights that its loss depends on: their gradients wait in the optimizer. */
  learned: readonly string[];
  /** Tokens that the model read, without and with those that pad. */
  tokens: number;
  paddedTokens: number;
}

/** Gradient accumulation, global-norm clip and AdamW with its schedule over a model's trainable weights. */
export interface Trainer {
  /** Holds the model's weights while they are trained. */
  readonly executor: Executor;
  readonly optimizer: AdamW;
  /** The weights it trains, by name: for use inside the executor's functions. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /**
   * One optimizer step over micro-batches whose losses add up to the batch's loss, taken one after another: an
   * iterable that makes them lazily holds one micro-batch's activations at a time.
   *
   * @throws DivergedError a loss or gradient that is not finite; the weights are left as they were
   */
  step(microBatches: Iterable<MicroBatch>): StepResult;
  /** Copies the trained weights back into the model, for a checkpoint. */
  updateModel(): void;
  /** Frees all but the model. */
  dispose(): void;
}

/**
 * Trains inside an executor, which holds weights, gradients and moments from now on.
 *
 * @param variables trainable weights of the model, by name
 * @param totalSteps of the whole schedule, those before a resume included
 */
export function createTrainer(
  model: Pick<VisionLanguageModel, 'weights'>,
  variables: ReadonlyMap<string, tf.Variable>,
  config: OptimizerConfig,
  totalSteps: number,
  executor: Executor,
): Trainer {
  adoptWeights(executor, model);
  const weights = new Map([...variables].map(([name, variable]) => [name, executor.adopt(variable)]));
  const optimizer = createAdamW(executor, weights, config);
  return {
    executor,
    optimizer,
    variables,
    step(microBatches) {
      const { loss, learned, tokens, paddedTokens } = accumulate(microBatches);
      const gradNorm = optimizer.gradientNorm(learned);
      if (!Number.isFinite(loss + gradNorm)) {
        optimizer.clearGradients(learned);
        throw new DivergedError(
          `optimizer step ${optimizer.stepCount} has loss ${loss} and gradient norm ${gradNorm}; ` +
            `lower the learning rate (${config.learningRate}) or maxGradNorm (${config.maxGradNorm})`,
        );
      }
      const learningRate = learningRateAt(optimizer.stepCount, totalSteps, config);
      optimizer.step(learned, learningRate, clipFactor(gradNorm, config.maxGradNorm));
      return { loss, gradNorm, learningRate, paddingFraction: 1 - tokens / paddedTokens };
    },
    updateModel() {
      if (!executor.isTraced) return;
      const names = [...variables.keys()];
      const values = executor.read(names.map((name) => weights.get(name)!));
      values.forEach(({ data, shape }, at) => {
        tf.tidy(() => variables.get(names[at])!.assign(tf.tensor(data, [...shape])));
      });
    },
    dispose: executor.dispose,
  };
}

/** Sums of losses and tokens, and the weights that any of the losses depends on, in a fixed order. */
function accumulate(microBatches: Iterable<MicroBatch>): MicroBatch {
  const learned = new Set<string>();
  const sums = { loss: 0, tokens: 0, paddedTokens: 0 };
  for (const microBatch of microBatches) {
    sums.loss += microBatch.loss;
    sums.tokens += microBatch.tokens;
    sums.paddedTokens += microBatch.paddedTokens;
    for (const name of microBatch.learned) learned.add(name);
  }
  return { ...sums, learned: [...learned].sort() };
}

/** The weights that training changes: all, or all but the vision tower (its merger included). */
export function selectTrainable(
  model: Pick<VisionLanguageModel, 'weights' | 'isVisionWeight'>,
  freezeVisionTower: boolean,
): Map<string, tf.Variable> {
  return new Map([...model.weights].filter(([name]) => !(freezeVisionTower && model.isVisionWeight(name))));
}
