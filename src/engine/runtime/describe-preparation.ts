import type { Preparation } from './executor.ts';

/** As a job's metrics name it. */
export function describePreparation({ graphs, traceSeconds, firstRunSeconds }: Preparation): Record<string, number> {
  return { 'engine/graphs': graphs, 'time/traceSeconds': traceSeconds, 'time/firstRunSeconds': firstRunSeconds };
}
