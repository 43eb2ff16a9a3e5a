import * as tf from '@tensorflow/tfjs-core';
import { DivergedError } from '../schema/errors.ts';
import type { OptimizerConfig } from '../schema/run-config.ts';
import { type AdamW, createAdamW } from './optim/adamw.ts';
import { clipFactor, globalNorm } from './optim/global-norm.ts';
import { learningRateAt } from './optim/schedule.ts';

/** What one optimizer step did. */
export interface StepResult {
  /** Sum of the micro-batches' losses. */
  loss: number;
  /** Global gradient norm before the clip. */
  gradNorm: number;
  learningRate: number;
}

/** Gradient accumulation, global-norm clip and AdamW with its schedule over a model's trainable weights. */
export interface Trainer {
  /**
   * One optimizer step over losses that add up to the batch's loss: each is differentiated in turn, so an
   * iterable that builds its batches lazily holds one micro-batch's activations at a time.
   *
   * @throws DivergedError a loss or gradient that is not finite; the weights are left as they were
   */
  step(losses: Iterable<() => tf.Scalar>): StepResult;
  readonly optimizer: AdamW;
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
    step(losses) {
      const { loss, gradients } = accumulateGradients(variables, losses);
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
function accumulateGradients(variables: ReadonlyMap<string, tf.Variable>, losses: Iterable<() => tf.Scalar>) {
  const variableList = [...variables.values()];
  const gradients = new Map<string, Float32Array>();
  let loss = 0;
  for (const computeLoss of losses) {
    const { value, grads } = tf.variableGrads(computeLoss, variableList);
    loss += value.dataSync()[0];
    for (const [name, variable] of variables) {
      const gradient = grads[variable.name];
      if (gradient) addGradient(gradients, name, gradient.dataSync<'float32'>());
    }
    tf.dispose([value, ...Object.values(grads).filter((gradient) => gradient != null)]);
  }
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
