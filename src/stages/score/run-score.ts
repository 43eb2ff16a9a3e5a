import type { Environment } from '../../endpoints/environment.ts';
import { loadRewards } from '../../rewards/load-rewards.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { STAGES } from '../../schema/stages.ts';
import { readConfig } from '../../store/records.ts';
import type { StoppableDeps } from '../stage-deps.ts';
import { type ScoringSummary, scoreShard } from './score-shard.ts';

/** Judges find their API keys in the environment. */
export interface ScoringDeps extends StoppableDeps {
  environment: Environment;
}

/**
 * Scores every trajectory of a shard. Throws `InterruptedError` when the signal aborts: what is scored is kept, and the
 * next attempt goes on from there.
 */
export async function runScore(deps: ScoringDeps, input: ShardItem): Promise<ScoringSummary> {
  const config = await readConfig(deps.store, input.configKey);
  return scoreShard(deps, {
    input,
    config,
    prefix: STAGES.score.prefix(input, 0),
    rewards: await loadRewards(deps.store, config, deps.environment),
  });
}
