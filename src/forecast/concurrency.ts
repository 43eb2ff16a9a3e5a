/** Something of which `count` run from `start` to before `end`. */
export interface Interval {
  start: number;
  end: number;
  count: number;
}

/** The most that ran at once. */
export function peakOf(intervals: readonly Interval[]): number {
  const changes = intervals
    .flatMap(({ start, end, count }) => [
      { at: start, by: count },
      { at: end, by: -count },
    ])
    .sort((left, right) => left.at - right.at || left.by - right.by);
  let running = 0;
  return changes.reduce((peak, { by }) => {
    running += by;
    return Math.max(peak, running);
  }, 0);
}
