import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../../schema/config/optimizer.ts';
import { CorruptRecordError } from '../../schema/errors.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import type { HostTensor } from '../weights/safetensors.ts';

const EPSILON = 1e-8;

type AdamWConfig = Pick<OptimizerConfig, 'beta1' | 'beta2' | 'weightDecay'>;

/** Decoupled AdamW over named weights. Gradients and moments live beside the weights in the executor. */
export interface AdamW {
  /** Adds to the gradients that the next step learns from; inside a function of the executor. */
  addGradients(gradients: ReadonlyMap<string, tf.Tensor>): void;
  /** Euclidean norm over the gradients of some weights together. */
  gradientNorm(names: readonly string[]): number;
  /**
   * Updates the named weights and forgets their gradients; the others keep their weights and moments.
   * `gradientScale` multiplies the gradients first (global-norm clip).
   */
  step(names: readonly string[], learningRate: number, gradientScale?: number): void;
  /** Forgets gradients without learning from them. */
  clearGradients(names: readonly string[]): void;
  /** Steps taken so far, restored ones included. */
  readonly stepCount: number;
  /** `<name>.first-moment` and `<name>.second-moment` of every weight: what `restore` takes. */
  state(): Map<string, HostTensor>;
  /** @throws CorruptRecordError moments that do not fit the weights */
  restore(state: ReadonlyMap<string, HostTensor>, stepCount: number): void;
}

interface Slot {
  weight: StateVariable;
  gradient: StateVariable;
  first: StateVariable;
  second: StateVariable;
}

/** Numbers of one step, as scalars so that one graph serves all steps. */
interface Update {
  names: readonly string[];
  gradientScale: tf.Scalar;
  learningRate: tf.Scalar;
  beta1Power: tf.Scalar;
  beta2Power: tf.Scalar;
}

/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2), equal to `torch.optim.AdamW`:
 *
 *     m = b1 m + (1 - b1) g          v = b2 v + (1 - b2) g^2
 *     w = w (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + 1e-8)
 *
 * No decay on vectors (norm weights and biases).
 */
export function createAdamW(
  executor: Executor,
  weights: ReadonlyMap<string, StateVariable>,
  config: AdamWConfig,
): AdamW {
  const slots = new Map([...weights].map(([name, weight]) => [name, createSlot(executor, weight)]));
  let stepCount = 0;

  const computeNorm = executor.define(({ names }: { names: readonly string[] }) =>
    tf.sqrt(tf.addN(names.map((name) => tf.sum(tf.square(slots.get(name)!.gradient.value()))))),
  );
  const clear = executor.define(({ names }: { names: readonly string[] }) => {
    for (const name of names) zero(slots.get(name)!.gradient);
    return {};
  });
  const update = executor.define((step: Update) => {
    for (const name of step.names) updateWeight(slots.get(name)!, step, config);
    return {};
  });

  return {
    addGradients(gradients) {
      for (const [name, gradient] of gradients) slots.get(name)!.gradient.assignAdd(gradient);
    },
    gradientNorm(names) {
      if (names.length === 0) return 0;
      const norm = computeNorm({ names });
      const [value] = norm.dataSync();
      norm.dispose();
      return value;
    },
    step(names, learningRate, gradientScale = 1) {
      stepCount += 1;
      const scalars = {
        gradientScale: tf.scalar(gradientScale),
        learningRate: tf.scalar(learningRate),
        beta1Power: tf.scalar(config.beta1 ** stepCount),
        beta2Power: tf.scalar(config.beta2 ** stepCount),
      };
      update({ names, ...scalars });
      tf.dispose(Object.values(scalars));
    },
    clearGradients: (names) => void clear({ names }),
    get stepCount() {
      return stepCount;
    },
    state() {
      const moments = [...slots].flatMap(([name, { first, second }]): [string, StateVariable][] => [
        [`${name}.first-moment`, first],
        [`${name}.second-moment`, second],
      ]);
      const values = executor.read(moments.map(([, moment]) => moment));
      return new Map(
        moments.map(([name, { shape }], at) => [name, { shape: [...shape], data: values[at].data as Float32Array }]),
      );
    },
    restore(state, restoredStepCount) {
      for (const [name, { first, second }] of slots) {
        first.write(momentOf(state, `${name}.first-moment`, first));
        second.write(momentOf(state, `${name}.second-moment`, second));
      }
      stepCount = restoredStepCount;
    },
  };
}

function createSlot(executor: Executor, weight: StateVariable): Slot {
  const { shape } = weight;
  const size = shape.reduce((product, length) => product * length, 1);
  const create = () => executor.createVariable({ dtype: 'float32', shape, data: new Float32Array(size) });
  return { weight, gradient: create(), first: create(), second: create() };
}

function updateWeight({ weight, gradient, first, second }: Slot, step: Update, config: AdamWConfig): void {
  if (config.weightDecay > 0 && weight.shape.length > 1) {
    weight.assign(tf.mul(weight.value(), tf.sub(1, tf.mul(step.learningRate, config.weightDecay))));
  }
  // The kernel divides by sqrt(v) + epsilon before it corrects v's bias; AdamW does it after.
  const epsilon = tf.mul(tf.sqrt(tf.sub(1, step.beta2Power)), EPSILON) as tf.Scalar;
  const { beta1, beta2 } = config;
  const scaled = tf.mul(gradient.value(), step.gradientScale);
  weight.applyAdam({ first, second }, scaled, { ...step, beta1, beta2, epsilon });
  zero(gradient);
}

function zero(gradient: StateVariable): void {
  gradient.assign(tf.fill([...gradient.shape], 0));
}

function momentOf(state: ReadonlyMap<string, HostTensor>, name: string, { shape }: StateVariable): Float32Array {
  const data = state.get(name)?.data;
  const size = shape.reduce((product, length) => product * length, 1);
  if (data?.length !== size) {
    throw new CorruptRecordError(
      `optimizer state holds ${data?.length ?? 'no'} values for ${name}, the model needs ${size}; ` +
        'continue with the same model and the same frozen parts as before',
    );
  }
  return data;
}
