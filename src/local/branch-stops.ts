/** Signals that abort with the run and, for what is in a Parallel, when one of its branches fails. */
export function createBranchStops(run: AbortSignal) {
  const stops = new Map<string, AbortController>();
  return {
    signalOf(parallel: string | undefined): AbortSignal {
      if (parallel === undefined) return run;
      const stop = stops.get(parallel) ?? new AbortController();
      stops.set(parallel, stop);
      return AbortSignal.any([run, stop.signal]);
    },
    /** When one branch fails: Step Functions stops the others with their jobs, the interpreter only what has not begun. */
    stop(parallel: string): void {
      stops.get(parallel)?.abort();
      stops.delete(parallel);
    },
    /** At the end of a run: what a failed branch has left running. */
    stopAll(): void {
      for (const stop of stops.values()) stop.abort();
    },
  };
}
