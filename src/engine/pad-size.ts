import type { Executor } from './graph/executor.ts';
import { exactSize } from './models/qwen2_5_vl/model-input.ts';

/** How an executor wants sizes rounded up: a traced graph serves one shape, so few shapes should come. */
export function padSizeFor(executor: Executor): (size: number) => number {
  return executor.isTraced ? roundUpToQuarterOctave : exactSize;
}

/** The next of 1, 2, .. 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, ..: at most a quarter more than asked for. */
export function roundUpToQuarterOctave(size: number): number {
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(size)) - 2));
  return Math.ceil(size / step) * step;
}
