/** Splits into runs of `size`, in order; the last may be shorter. */
export function splitBySize<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, run) => items.slice(run * size, (run + 1) * size));
}

/** Splits into runs, in order, that weigh no more than `most` together; what weighs more alone is a run of its own. */
export function splitByWeight<T>(items: readonly T[], weigh: (item: T) => number, most: number): T[][] {
  const runs: T[][] = [];
  let weight = Number.POSITIVE_INFINITY;
  for (const item of items) {
    weight += weigh(item);
    if (weight > most) {
      runs.push([]);
      weight = weigh(item);
    }
    runs[runs.length - 1].push(item);
  }
  return runs;
}

/** Splits into at most `count` runs, in order, whose lengths differ by at most one; none is empty. */
export function splitEvenly<T>(items: readonly T[], count: number): T[][] {
  const runs = Math.min(count, items.length);
  return Array.from({ length: runs }, (_, run) =>
    items.slice(Math.floor((run * items.length) / runs), Math.floor(((run + 1) * items.length) / runs)),
  );
}
