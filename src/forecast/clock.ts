/** Time that passes only when everybody waits for it. */
export interface VirtualClock {
  /** Seconds since the start. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** Lets time pass until the work has ended. The work must wait for this clock only. */
  drive<T>(work: Promise<T>): Promise<T>;
}

export function createVirtualClock(): VirtualClock {
  let seconds = 0;
  const sleepers: { until: number; wake: () => void }[] = [];
  return {
    now: () => seconds,
    sleep: (duration) => new Promise((wake) => sleepers.push({ until: seconds + duration, wake })),
    async drive(work) {
      let isOver = false;
      const watched = work.finally(() => {
        isOver = true;
      });
      watched.catch(() => {});
      for (;;) {
        // Promises that can be kept without time passing have all been by then.
        await new Promise(setImmediate);
        if (isOver) return watched;
        const next = sleepers.reduce<number>(
          (earliest, { until }, index) => (earliest < 0 || until < sleepers[earliest].until ? index : earliest),
          -1,
        );
        if (next < 0) continue;
        const [{ until, wake }] = sleepers.splice(next, 1);
        seconds = until;
        wake();
      }
    },
  };
}
