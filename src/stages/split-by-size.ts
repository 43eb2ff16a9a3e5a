/** Splits into runs of `size`, in order; the last may be shorter. */
export function splitBySize<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, run) => items.slice(run * size, (run + 1) * size));
}
