import type { OptimizerConfig } from '../../schema/config/optimizer.ts';

type ScheduleConfig = Pick<OptimizerConfig, 'learningRate' | 'schedule' | 'warmupFraction'>;

/**
 * Learning rate of an optimizer step: a linear rise over the first `warmupFraction` of all steps
 * (the first step already moves), then constant, or half a cosine that reaches 0 after the last step.
 *
 * @param step 0 for the first; steps past `totalSteps` keep the last value
 */
export function learningRateAt(step: number, totalSteps: number, config: ScheduleConfig): number {
  const warmupSteps = Math.ceil(config.warmupFraction * totalSteps);
  if (step < warmupSteps) return (config.learningRate * (step + 1)) / warmupSteps;
  if (config.schedule === 'constant') return config.learningRate;
  const last = Math.max(warmupSteps, totalSteps - 1);
  const progress = (Math.min(step, last) - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return config.learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}
