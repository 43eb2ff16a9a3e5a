import { availableParallelism, loadavg } from 'node:os';

/** Both sides of a bench compute on as many threads. */
export const THREADS = availableParallelism();

/** The last minute's load, as benches begin. */
const [load] = loadavg();

/** Whether other work takes half the machine or more. */
export const isBusy = load >= THREADS / 2;

export function warnIfBusy(): void {
  if (isBusy)
    console.error(`the machine is busy (load ${load.toFixed(1)}): run again when it is idle for figures that count`);
}
