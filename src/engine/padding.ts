import type { Executor } from './graph/executor.ts';

/** How sizes are rounded up, so that batches share few shapes: a traced graph serves one. */
export interface Padding {
  /** Of tokens in a row. */
  length(size: number): number;
  /** Of rows, images or completion tokens. */
  count(size: number): number;
}

/** Leaves sizes as they are. */
export const NO_PADDING: Padding = { length: (size) => size, count: (size) => size };

/** Lengths grow by an eighth at most; counts, which a planner of batches can choose, by a quarter. */
export const TRACED_PADDING: Padding = {
  length: (size) => roundUp(size, 8),
  count: (size) => roundUp(size, 4),
};

/** How an executor wants sizes rounded up. */
export function paddingFor(executor: Executor): Padding {
  return executor.isTraced ? TRACED_PADDING : NO_PADDING;
}

/** The next of so many sizes per octave: of four, 1, 2, .. 8, 10, 12, 14, 16, 20, 24, .. */
function roundUp(size: number, perOctave: number): number {
  const step = Math.max(1, 2 ** Math.floor(Math.log2(size)) / perOctave);
  return Math.ceil(size / step) * step;
}
