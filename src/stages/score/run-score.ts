import type { Environment } from '../../endpoints/environment.ts';
import { builtInVersions, loadRewards } from '../../rewards/load-rewards.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { beginStage } from '../begin-stage.ts';
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
  const work = await beginStage<ScoringSummary, 'score'>(deps.store, { stage: 'score', input }, builtInVersions);
  if (work.kind === 'done') return work.summary;
  const { config, prefix } = work;
  const rewards = await loadRewards(deps.store, config, deps.environment);
  return scoreShard(deps, work, { input, config, prefix, rewards });
}
