import type { OptimizerConfig } from '../schema/config/optimizer.ts';
import { DivergedError } from '../schema/errors.ts';
import { countSkippedInARow, type StepMetrics, updateCounts } from './step-metrics.ts';

/** Where a config does not say. */
const MAX_SKIPPED_STEPS = 3;

/**
 * Gives what to call after each optimizer step, with the metrics of those taken.
 *
 * @param keepLastGood keeps the last checkpoint of use after these steps, and names it
 * @throws DivergedError more steps in a row were skipped than the config has
 */
export function createUpdateGuard(
  { maxSkippedSteps = MAX_SKIPPED_STEPS, learningRate, maxGradNorm }: OptimizerConfig,
  keepLastGood: (taken: readonly StepMetrics[]) => Promise<string>,
): (taken: readonly StepMetrics[]) => Promise<void> {
  return async (taken) => {
    const inARow = countSkippedInARow(taken);
    if (inARow <= maxSkippedSteps) return;
    throw new DivergedError(
      `loss or gradient of optimizer steps ${taken.length - inARow} to ${taken.length - 1} is not finite, more in a row ` +
        `than optimizer.maxSkippedSteps (${maxSkippedSteps}); ${await keepLastGood(taken)} is the last good checkpoint ` +
        `and is kept: lower the learning rate (${learningRate}) or maxGradNorm (${maxGradNorm}), and look for what is ` +
        'not finite in it',
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
