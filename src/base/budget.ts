/** Lets work start while what it holds together stays within a limit; the first that waits starts first. */
export interface Budget {
  /** Runs `work` once `amount` is free. More than the limit is taken as the limit: such work runs alone. */
  spend<T>(amount: number, work: () => Promise<T>): Promise<T>;
}

export function createBudget(limit: number): Budget {
  let free = limit;
  const waiting: { amount: number; start: () => void }[] = [];
  const startNext = () => {
    while (waiting.length > 0 && waiting[0].amount <= free) {
      const { amount, start } = waiting.shift()!;
      free -= amount;
      start();
    }
  };
  return {
    async spend(wanted, work) {
      const amount = Math.min(wanted, limit);
      const started = new Promise<void>((start) => waiting.push({ amount, start }));
      startNext();
      await started;
      try {
        return await work();
      } finally {
        free += amount;
        startNext();
      }
    },
  };
}
