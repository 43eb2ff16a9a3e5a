/** Splits into runs of `size`, in order; the last may be shorter. */
export function splitBySize<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, run) => items.slice(run * size, (run + 1) * size));
}

/** Splits into at most `count` runs, in order, whose lengths differ by at most one; none is empty. */
export function splitEvenly<T>(items: readonly T[], count: number): T[][] {
  const runs = Math.min(count, items.length);
  return Array.from({ length: runs }, (_, run) =>
    items.slice(Math.floor((run * items.length) / runs), Math.floor(((run + 1) * items.length) / runs)),
  );
}
