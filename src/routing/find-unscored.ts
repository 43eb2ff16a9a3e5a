import type { RunConfig } from '../schema/config/run-config.ts';

/** Rewards that self-distillation asks a least value of, and that the run does not score. */
export function findUnscored(
  { selfDistill }: RunConfig['diagnosis'],
  rewards: RunConfig['rewards'],
): { name: string; message: string }[] {
  const scored = Object.keys(rewards).filter((name) => rewards[name].weight !== 0);
  return Object.keys(selfDistill.minRewards)
    .filter((name) => !scored.includes(name))
    .map((name) => ({ name, message: `the run scores no ${name} (${scored.join(', ')}); correct the name or add it` }));
}
