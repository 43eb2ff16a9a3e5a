import type { ConfigPart } from './config/config-part.ts';

type Measuring = ConfigPart<'rl.iterations' | 'evaluation.duringRl'>;

/** Whether the policy after this iteration, from 0, is measured while RL goes on. */
export function isMeasured({ rl, evaluation: { duringRl } }: Measuring, iteration: number): boolean {
  if (!duringRl) return false;
  return (iteration + 1) % duringRl.everyIterations === 0 || iteration === rl.iterations - 1;
}

/** The iterations of which that is so. */
export const measuredIterations = (config: Measuring): number[] =>
  Array.from({ length: config.rl.iterations }, (_, iteration) => iteration).filter((each) => isMeasured(config, each));
