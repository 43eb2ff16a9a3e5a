import type { Executor } from './executor.ts';

/** How sizes are rounded up, so that batches share few shapes: a traced graph serves one. */
export interface Padding {
  /** Of the tokens that the model reads. */
  tokens(size: number): number;
  /** Of the longest sequence. */
  longest(size: number): number;
  /** Of images or completion tokens. */
  count(size: number): number;
}

/** Leaves sizes as they are. */
export const NO_PADDING: Padding = { tokens: (size) => size, longest: (size) => size, count: (size) => size };

/** Tokens grow by an eighth at most, counts by a quarter. */
export const TRACED_PADDING: Padding = {
  tokens: (size) => roundUp(size, 8),
  longest: (size) => roundUp(size, 8),
  count: (size) => roundUp(size, 4),
};

/**
 * Padding of training, whose graphs run often. How long its longest sequence is matters to TensorFlow's own ops alone.
 */
export const TRAINING_PADDING: Padding = {
  ...TRACED_PADDING,
  tokens: (size) => roundUp(size, 16),
  longest: (size) => roundUp(size, 2),
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

/** What the model's graphs depend on. */
export interface InputSizes {
  /** Of all sequences. */
  tokens: number;
  /** Tokens of the longest sequence. */
  longest: number;
  images: number;
}

/** What the graphs of a pass over completions depend on. */
export interface BatchSizes extends InputSizes {
  completionTokens: number;
}

/** The sizes that a batch is padded to. */
export type PadBatch = (sizes: BatchSizes) => BatchSizes;

export function padInput({ tokens, longest, images }: InputSizes, padding: Padding): InputSizes {
  return { tokens: padding.tokens(tokens), longest: padding.longest(longest), images: padding.count(images) };
}

/** Rounds each size on its own, as is right for batches of which little is known. */
export function padEach(padding: Padding): PadBatch {
  return (sizes) => ({
    ...padInput(sizes, padding),
    completionTokens: padding.count(sizes.completionTokens),
  });
}

/** The padding of an executor: none where it wants none, else the planned one or each size rounded up on its own. */
export function choosePadding(executor: Executor, planned = padEach(TRAINING_PADDING)): PadBatch {
  return executor.isTraced ? planned : padEach(NO_PADDING);
}
