/** Of some numbers; zeros of none. */
export interface Spread {
  least: number;
  median: number;
  most: number;
  total: number;
}

/** Counts numbers as they come, and says how they spread: it holds each different number once. */
export function createTally() {
  const counts = new Map<number, number>();
  let count = 0;
  return {
    add(value: number): void {
      counts.set(value, (counts.get(value) ?? 0) + 1);
      count += 1;
    },
    spread(): Spread {
      const sorted = [...counts].sort(([left], [right]) => left - right);
      let passed = 0;
      const median = sorted.find(([, times]) => {
        passed += times;
        return passed > Math.floor(count / 2);
      });
      return {
        least: sorted[0]?.[0] ?? 0,
        median: median?.[0] ?? 0,
        most: sorted.at(-1)?.[0] ?? 0,
        total: sorted.reduce((sum, [value, times]) => sum + value * times, 0),
      };
    },
  };
}
