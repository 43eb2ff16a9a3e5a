import * as tf from '@tensorflow/tfjs-core';
import { splitByWeight } from '../../base/split-list.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import { sizeOf } from '../runtime/native-tensor.ts';

/** Gradients by the name of their weight, summed over micro-batches; they live beside the weights in the executor. */
export interface GradientBuffer {
  /** Inside a function of the executor, as all that tells of single gradients. */
  add(gradients: ReadonlyMap<string, tf.Tensor>): void;
  /** Adds to some rows of a matrix alone; see `StateVariable`. */
  addRows(name: string, rows: tf.Tensor1D, values: tf.Tensor2D): void;
  value(name: string): tf.Tensor;
  /** For one use; before it is asked for again, it is to be zero. */
  take(name: string): tf.Tensor;
  zero(name: string): void;
  /** Euclidean norm over the gradients of some weights together. */
  norm(names: readonly string[]): number;
  clear(names: readonly string[]): void;
  /** Names in runs: what a function makes of the gradients of one at once is bounded, but for that of a single large weight. */
  split(names: readonly string[]): string[][];
}

/** 256 MB of gradients. */
export const RUN_VALUES = 2 ** 26;

interface Names {
  names: readonly string[];
}

/** Some rows of a matrix. */
interface Rows {
  name: string;
  first: number;
  count: number;
}

export function createGradientBuffer(executor: Executor, weights: ReadonlyMap<string, StateVariable>): GradientBuffer {
  const sums = new Map([...weights].map(([name, weight]) => [name, createLike(executor, weight)]));
  const value = (name: string) => sums.get(name)!.value();
  const zero = (name: string) => sums.get(name)!.clear();
  const computeNorm = executor.define(({ names }: Names) =>
    tf.sqrt(tf.addN(names.map((name) => tf.sum(tf.square(value(name)))))),
  );
  const computeNormOfRows = executor.define(({ name, first, count }: Rows) =>
    tf.sqrt(tf.sum(tf.square(tf.slice(value(name), [first, 0], [count, -1])))),
  );
  const normsOf = (names: readonly string[]): tf.Tensor[] => {
    const { shape } = sums.get(names[0])!;
    if (sizeOf(shape) <= RUN_VALUES || shape.length !== 2) return [computeNorm({ names })];
    return cutRows(shape as [number, number]).map((rows) => computeNormOfRows({ name: names[0], ...rows }));
  };
  const split = (names: readonly string[]) => splitByWeight(names, (name) => sizeOf(sums.get(name)!.shape), RUN_VALUES);
  const clear = executor.define(({ names }: Names) => {
    names.forEach(zero);
    return {};
  });
  return {
    add(gradients) {
      for (const [name, gradient] of gradients) sums.get(name)!.assignAdd(gradient);
    },
    addRows: (name, rows, values) => sums.get(name)!.addRows(rows, values),
    value,
    take: (name) => sums.get(name)!.take(),
    zero,
    norm: (names) =>
      Math.hypot(
        ...split(names)
          .flatMap(normsOf)
          .map((norm) => {
            const [number] = norm.dataSync();
            norm.dispose();
            return number;
          }),
      ),
    clear: (names) => void clear({ names }),
    split,
  };
}

/** A matrix in runs of rows, each of so many values at most. */
export function cutRows([height, width]: readonly [number, number], most = RUN_VALUES): Omit<Rows, 'name'>[] {
  const together = Math.max(1, Math.floor(most / width));
  return Array.from({ length: Math.ceil(height / together) }, (_, at) => {
    const first = at * together;
    return { first, count: Math.min(together, height - first) };
  });
}

/** A variable of as many zeros as another has numbers. */
export function createLike(executor: Executor, { shape }: StateVariable): StateVariable {
  return executor.createVariable({ dtype: 'float32', shape });
}
