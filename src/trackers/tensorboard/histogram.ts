/** Counts of values in bins of equal width, each bin up to its limit; the first begins at `min`. */
export interface Histogram {
  min: number;
  max: number;
  count: number;
  sum: number;
  sumSquares: number;
  limits: number[];
  counts: number[];
}

/** As many as TensorBoard draws. */
const BINS = 30;

/** Undefined for no values. Values that are all the same have one bin. */
export function binValues(values: readonly number[]): Histogram | undefined {
  if (values.length === 0) return undefined;
  let [min, max, sum, sumSquares] = [values[0], values[0], 0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
  }
  const bins = min === max ? 1 : BINS;
  const width = (max - min) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[width === 0 ? 0 : Math.min(bins - 1, Math.floor((value - min) / width))] += 1;
  const limits = counts.map((_, bin) => (bin === bins - 1 ? max : min + width * (bin + 1)));
  return { min, max, count: values.length, sum, sumSquares, limits, counts };
}
