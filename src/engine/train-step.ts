import type * as tf from '@tensorflow/tfjs-core';
import { DivergedError } from '../schema/errors.ts';
import type { OptimizerConfig } from '../schema/run-config.ts';
import { type AdamW, createAdamW } from './optim/adamw.ts';
import { clipFactor, globalNorm, type HostGradients } from './optim/global-norm.ts';
import { learningRateAt } from './optim/schedule.ts';

/** What one optimizer step did. */
export interface StepResult {
  /** Sum of the micro-batches' losses. */
  loss: number;
  /** Global gradient norm before the clip. */
  gradNorm: number;
  learningRate: number;
}

/** What a completion pass made of one micro-batch. */
export interface MicroBatch {
  loss: number;
  gradients: HostGradients;
}

/** Gradient accumulation, global-norm clip and AdamW with its schedule over a model's trainable weights. */
export interface Trainer {
  /**
   * One optimizer step over micro-batches whose losses add up to the batch's loss, taken one after another: an
   * iterable that makes them lazily holds one micro-batch's activations at a time.
   *
   * @throws DivergedError a loss or gradient that is not finite; the weights are left as they were
   */
  step(microBatches: Iterable<MicroBatch>): StepResult;
  readonly optimizer: AdamW;
  /** The weights it trains, by name. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

/**
 * @param variables trainable weights by name
 * @param totalSteps of the whole schedule, those before a resume included
 */
export function createTrainer(
  variables: ReadonlyMap<string, tf.Variable>,
  config: OptimizerConfig,
  totalSteps: number,
): Trainer {
  const optimizer = createAdamW(variables, config);
  return {
    optimizer,
    variables,
    step(microBatches) {
      const { loss, gradients } = accumulateGradients(microBatches);
      const gradNorm = globalNorm(gradients);
      if (!Number.isFinite(loss + gradNorm)) {
        throw new DivergedError(
          `optimizer step ${optimizer.stepCount} has loss ${loss} and gradient norm ${gradNorm}; ` +
            `lower the learning rate (${config.learningRate}) or maxGradNorm (${config.maxGradNorm})`,
        );
      }
      const learningRate = learningRateAt(optimizer.stepCount, totalSteps, config);
      optimizer.step(gradients, learningRate, clipFactor(gradNorm, config.maxGradNorm));
      return { loss, gradNorm, learningRate };
    },
  };
}

/** Sum of the losses and of their gradients; variables that no loss depends on have no gradient. */
function accumulateGradients(microBatches: Iterable<MicroBatch>): MicroBatch {
  const sums = new Map<string, Float32Array>();
  let loss = 0;
  for (const microBatch of microBatches) {
    loss += microBatch.loss;
    for (const [name, gradient] of microBatch.gradients) addGradient(sums, name, gradient);
  }
  return { loss, gradients: sums };
}

/** Sums into new arrays: what a tensor's data returns may be shared. */
function addGradient(gradients: Map<string, Float32Array>, name: string, values: Float32Array): void {
  const sum = gradients.get(name);
  if (!sum) {
    gradients.set(name, values);
    return;
  }
  const next = new Float32Array(sum.length);
  for (let i = 0; i < sum.length; i++) next[i] = sum[i] + values[i];
  gradients.set(name, next);
}

/** The weights that training changes: all, or all but the vision tower (its merger included). */
export function selectTrainable(
  weights: ReadonlyMap<string, tf.Variable>,
  freezeVisionTower: boolean,
): Map<string, tf.Variable> {
  return new Map([...weights].filter(([name]) => !(freezeVisionTower && name.startsWith('visual.'))));
}
