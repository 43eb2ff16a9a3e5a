import * as tf from '@tensorflow/tfjs-core';
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

/** A loss to differentiate, or what a completion pass already made of it. */
export type MicroBatch = (() => tf.Scalar) | { loss: number; gradients: HostGradients };

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
      const { loss, gradients } = accumulateGradients(variables, microBatches);
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
function accumulateGradients(variables: ReadonlyMap<string, tf.Variable>, microBatches: Iterable<MicroBatch>) {
  const gradients = new Map<string, Float32Array>();
  let loss = 0;
  for (const microBatch of microBatches) {
    const part = typeof microBatch === 'function' ? differentiate(variables, microBatch) : microBatch;
    loss += part.loss;
    for (const [name, gradient] of part.gradients) addGradient(gradients, name, gradient);
  }
  return { loss, gradients };
}

function differentiate(variables: ReadonlyMap<string, tf.Variable>, computeLoss: () => tf.Scalar) {
  const { value, grads } = tf.variableGrads(computeLoss, [...variables.values()]);
  const loss = value.dataSync()[0];
  const gradients = new Map<string, Float32Array>();
  for (const [name, variable] of variables) {
    const gradient = grads[variable.name];
    if (gradient) gradients.set(name, gradient.dataSync<'float32'>());
  }
  tf.dispose([value, ...Object.values(grads).filter((gradient) => gradient != null)]);
  return { loss, gradients };
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
