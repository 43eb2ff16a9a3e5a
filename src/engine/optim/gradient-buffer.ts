import * as tf from '@tensorflow/tfjs-core';
import { splitByWeight } from '../../base/split-list.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import { sizeOf } from '../runtime/native-tensor.ts';

/** Gradients by the name of their weight, summed over micro-batches; they live beside the weights in the executor. */
export interface GradientBuffer {
  /** Inside a function of the executor, as all that tells of single gradients. */
  add(gradients: ReadonlyMap<string, tf.Tensor>): void;
  value(name: string): tf.Tensor;
  zero(name: string): void;
  /** Euclidean norm over the gradients of some weights together. */
  norm(names: readonly string[]): number;
  clear(names: readonly string[]): void;
  /** Names in runs: what a function makes of the gradients of one at once is bounded, but for that of a single large weight. */
  split(names: readonly string[]): string[][];
}

/** 256 MB of gradients. */
const RUN_VALUES = 2 ** 26;

interface Names {
  names: readonly string[];
}

export function createGradientBuffer(executor: Executor, weights: ReadonlyMap<string, StateVariable>): GradientBuffer {
  const sums = new Map([...weights].map(([name, weight]) => [name, createLike(executor, weight)]));
  const value = (name: string) => sums.get(name)!.value();
  const zero = (name: string) => sums.get(name)!.clear();
  const computeNorm = executor.define(({ names }: Names) =>
    tf.sqrt(tf.addN(names.map((name) => tf.sum(tf.square(value(name)))))),
  );
  const split = (names: readonly string[]) => splitByWeight(names, (name) => sizeOf(sums.get(name)!.shape), RUN_VALUES);
  const clear = executor.define(({ names }: Names) => {
    names.forEach(zero);
    return {};
  });
  return {
    add(gradients) {
      for (const [name, gradient] of gradients) sums.get(name)!.assignAdd(gradient);
    },
    value,
    zero,
    norm: (names) =>
      Math.hypot(
        ...split(names).map((names) => {
          const norm = computeNorm({ names });
          const [number] = norm.dataSync();
          norm.dispose();
          return number;
        }),
      ),
    clear: (names) => void clear({ names }),
    split,
  };
}

/** A variable of as many zeros as another has numbers. */
export function createLike(executor: Executor, { shape }: StateVariable): StateVariable {
  return executor.createVariable({ dtype: 'float32', shape });
}
