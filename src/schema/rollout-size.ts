import type { ConfigPart } from './config/config-part.ts';
import type { RunConfig } from './config/run-config.ts';
import { DIAGNOSIS } from './keys.ts';

/**
 * Tokens that a shard may come to. A scoring Lambda holds the shard's trajectories in memory: at about 32 bytes of JSON
 * a token they are 256 MB at most.
 */
const MAX_SHARD_TOKENS = 8_000_000;
/** Children of a Batch array job. */
const MAX_SHARDS = 10_000;

/** Trajectories per prompt of a rollout, an iteration's or the diagnosis'. */
export function groupSizeOf(
  config: ConfigPart<'rl.groupSize' | 'diagnosis.trajectoriesPerPrompt'>,
  rollout: string,
): number {
  return rollout === DIAGNOSIS ? config.diagnosis.trajectoriesPerPrompt : config.rl.groupSize;
}

/** Shards of a rollout: as many as are wanted, and more where they would come to more than a stage can hold. */
export function countShards(
  { prompts, groupSize }: { prompts: number; groupSize: number },
  { sampling, compute }: Pick<RunConfig, 'sampling' | 'compute'>,
): number {
  const tokens = prompts * groupSize * sampling.maxNewTokens;
  const wanted = Math.max(compute.rolloutShards, Math.ceil(tokens / MAX_SHARD_TOKENS));
  return Math.min(wanted, prompts, MAX_SHARDS);
}
