import type { Executor } from './graph/executor.ts';
import { exactSize } from './models/qwen2_5_vl/model-input.ts';

/** How an executor wants sizes rounded up: a traced graph serves one shape, so few shapes should come. */
export function padSizeFor(executor: Executor): (size: number) => number {
  return executor.isTraced ? roundUpToEighthOctave : exactSize;
}

/** The next of 1, 2, .. 16, 18, 20, .. 32, 36, 40, ..: at most an eighth more than asked for. */
export function roundUpToEighthOctave(size: number): number {
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(size)) - 3));
  return Math.ceil(size / step) * step;
}
