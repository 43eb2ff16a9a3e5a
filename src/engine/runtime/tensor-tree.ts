import * as tf from '@tensorflow/tfjs-core';

/** The same tree of objects, arrays and plain values with every tensor replaced, in a fixed order. */
export function mapTensors(tree: unknown, map: (tensor: tf.Tensor) => unknown): unknown {
  if (tree instanceof tf.Tensor) return map(tree);
  if (Array.isArray(tree)) return tree.map((branch) => mapTensors(branch, map));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, branch]) => [key, mapTensors(branch, map)]));
}

/** Every tensor of a tree, in the order of `mapTensors`. */
export function listTensors(tree: unknown): tf.Tensor[] {
  const tensors: tf.Tensor[] = [];
  mapTensors(tree, (tensor) => tensors.push(tensor));
  return tensors;
}

/** Equal for trees that differ only in the numbers their tensors hold: the same graph serves both. */
export function describeTree(tree: unknown): string {
  return JSON.stringify(mapTensors(tree, ({ dtype, shape }) => `${dtype}[${shape}]`));
}
