import { z } from 'zod';

/**
 * One line of a training job's metrics file, per optimizer step: numbers by name (docs/metrics.md). JSON has no NaN and no
 * infinity, so a number that is not finite is left out.
 */
export const StepMetrics = z.record(z.string(), z.number());
export type StepMetrics = z.infer<typeof StepMetrics>;

/** When a line of metrics was written: Unix time in seconds. Apart from what is computed, as all that times are in. */
export const recordedNow = () => ({ 'time/recordedAt': Date.now() / 1000 });

/** The optimizer steps of a job so far, as each step's metrics carry them on. */
export interface UpdateCounts {
  'train/updatesApplied': number;
  /** Their loss or gradient was not finite. */
  'train/skippedSteps': number;
}

/** The counts after one more step. */
export function countUpdate(taken: readonly StepMetrics[], outcome: 'applied' | 'skipped'): UpdateCounts {
  const { 'train/updatesApplied': applied, 'train/skippedSteps': skipped } = updateCounts(taken);
  return {
    'train/updatesApplied': applied + Number(outcome === 'applied'),
    'train/skippedSteps': skipped + Number(outcome === 'skipped'),
  };
}

/** The counts after all of some steps. */
export function updateCounts(taken: readonly StepMetrics[]): UpdateCounts {
  const last = taken.at(-1);
  return {
    'train/updatesApplied': last?.['train/updatesApplied'] ?? taken.length,
    'train/skippedSteps': last?.['train/skippedSteps'] ?? 0,
  };
}

/** How many of the last steps were skipped, one after another. */
export function countSkippedInARow(taken: readonly StepMetrics[]): number {
  const applied = updateCounts(taken)['train/updatesApplied'];
  if (applied === 0) return taken.length;
  const lastApplied = taken.findIndex((step) => step['train/updatesApplied'] === applied);
  return taken.length - 1 - lastApplied;
}

/** Numbers that a metrics file can hold: JSON has no NaN and no infinity. */
export function finiteMetrics(metrics: StepMetrics): StepMetrics {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
