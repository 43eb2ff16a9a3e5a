import type { OptimizerConfig } from '../schema/config/optimizer.ts';
import { DivergedError } from '../schema/errors.ts';
import type { StepMetrics } from './resume.ts';

/** Where a config does not say. */
const MAX_SKIPPED_STEPS = 3;

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

/**
 * Gives what to call after each optimizer step, with the metrics of those taken.
 *
 * @param lastGood names the checkpoint that is kept
 * @throws DivergedError more steps in a row were skipped than the config has
 */
export function createUpdateGuard(
  { maxSkippedSteps = MAX_SKIPPED_STEPS, learningRate, maxGradNorm }: OptimizerConfig,
  lastGood: () => Promise<string>,
): (taken: readonly StepMetrics[]) => Promise<void> {
  return async (taken) => {
    const inARow = countSkippedInARow(taken);
    if (inARow <= maxSkippedSteps) return;
    throw new DivergedError(
      `loss or gradient of optimizer steps ${taken.length - inARow} to ${taken.length - 1} is not finite, more in a row ` +
        `than optimizer.maxSkippedSteps (${maxSkippedSteps}); ${await lastGood()} is the last good checkpoint and is kept: ` +
        `lower the learning rate (${learningRate}) or maxGradNorm (${maxGradNorm}), and look for what is not finite in it`,
    );
  };
}

/**
 * The metrics of a job's steps, when any of them has moved the weights, or there was none to take.
 *
 * @throws DivergedError every step was skipped
 */
export function requireUpdates(taken: readonly StepMetrics[]): readonly StepMetrics[] {
  if (taken.length === 0 || updateCounts(taken)['train/updatesApplied'] > 0) return taken;
  throw new DivergedError(
    `none of ${taken.length} optimizer steps was applied: each loss or gradient was not finite, and the policy is as it was ` +
      'before; look for weights of its checkpoint that are not finite, or use compute.precision: float32',
  );
}

/** Numbers that a metrics file can hold: JSON has no NaN and no infinity. */
export function finiteMetrics(metrics: StepMetrics): StepMetrics {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
