import * as tf from '@tensorflow/tfjs-core';
import { CorruptRecordError } from '../../schema/errors.ts';
import type { OptimizerConfig } from '../../schema/run-config.ts';
import type { HostTensor } from '../safetensors.ts';
import type { HostGradients } from './global-norm.ts';

const EPSILON = 1e-8;

type AdamWConfig = Pick<OptimizerConfig, 'beta1' | 'beta2' | 'weightDecay'>;

/** Decoupled AdamW over named variables; its moments live in host memory. */
export interface AdamW {
  /**
   * Updates every variable that has a gradient; the others keep their weights and moments.
   * `gradientScale` multiplies the gradients first (global-norm clip).
   */
  step(gradients: HostGradients, learningRate: number, gradientScale?: number): void;
  /** Steps taken so far, restored ones included. */
  readonly stepCount: number;
  /** `<name>.first-moment` and `<name>.second-moment` of every variable: what `restore` takes. */
  state(): Map<string, HostTensor>;
  /** @throws CorruptRecordError moments that do not fit the variables */
  restore(state: ReadonlyMap<string, HostTensor>, stepCount: number): void;
}

interface Moments {
  first: Float32Array;
  second: Float32Array;
}

/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2), equal to `torch.optim.AdamW`:
 *
 *     m = b1 m + (1 - b1) g          v = b2 v + (1 - b2) g^2
 *     w = w (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + 1e-8)
 *
 * No decay on vectors (norm weights and biases). Moments are float32, each update is computed in float64.
 * One fused pass per variable on the host costs less than a dozen TensorFlow ops would, and leaves the
 * device's memory to weights and activations (as ZeRO-Offload, arXiv 2101.06840).
 */
export function createAdamW(variables: ReadonlyMap<string, tf.Variable>, config: AdamWConfig): AdamW {
  const moments = new Map<string, Moments>();
  for (const [name, variable] of variables) {
    moments.set(name, { first: new Float32Array(variable.size), second: new Float32Array(variable.size) });
  }
  let stepCount = 0;
  return {
    step(gradients, learningRate, gradientScale = 1) {
      stepCount += 1;
      for (const [name, gradient] of gradients) {
        const variable = variables.get(name)!;
        const decay = variable.rank > 1 ? config.weightDecay : 0;
        const update = { ...config, learningRate, gradientScale, decay, stepCount };
        const weights = updateWeights(variable.dataSync<'float32'>(), gradient, moments.get(name)!, update);
        const updated = tf.tensor(weights, variable.shape, 'float32');
        variable.assign(updated);
        updated.dispose();
      }
    },
    get stepCount() {
      return stepCount;
    },
    state() {
      const state = new Map<string, HostTensor>();
      for (const [name, { first, second }] of moments) {
        const { shape } = variables.get(name)!;
        state.set(`${name}.first-moment`, { shape, data: first });
        state.set(`${name}.second-moment`, { shape, data: second });
      }
      return state;
    },
    restore(state, restoredStepCount) {
      for (const [name, { first, second }] of moments) {
        first.set(momentOf(state, `${name}.first-moment`, first.length));
        second.set(momentOf(state, `${name}.second-moment`, second.length));
      }
      stepCount = restoredStepCount;
    },
  };
}

interface Update {
  beta1: number;
  beta2: number;
  learningRate: number;
  gradientScale: number;
  decay: number;
  stepCount: number;
}

/** New weights, in an array of their own (tensors may share the old one); moments change in place. */
function updateWeights(weights: Float32Array, gradient: Float32Array, moments: Moments, update: Update): Float32Array {
  const updated = new Float32Array(weights.length);
  const { beta1, beta2, learningRate, gradientScale, stepCount } = update;
  const { first, second } = moments;
  const stepSize = learningRate / (1 - beta1 ** stepCount);
  const secondCorrection = 1 / Math.sqrt(1 - beta2 ** stepCount);
  const keep = 1 - learningRate * update.decay;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i] * gradientScale;
    const m = beta1 * first[i] + (1 - beta1) * g;
    const v = beta2 * second[i] + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    updated[i] = weights[i] * keep - (stepSize * m) / (Math.sqrt(v) * secondCorrection + EPSILON);
  }
  return updated;
}

function momentOf(state: ReadonlyMap<string, HostTensor>, name: string, size: number): Float32Array {
  const data = state.get(name)?.data;
  if (data?.length !== size) {
    throw new CorruptRecordError(
      `optimizer state holds ${data?.length ?? 'no'} values for ${name}, the model needs ${size}; ` +
        'continue with the same model and the same frozen parts as before',
    );
  }
  return data;
}
