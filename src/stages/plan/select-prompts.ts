import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { Prompt } from '../../schema/prompt.ts';

/**
 * The prompts of an RL iteration. Each epoch is a new shuffle of all prompts, cut into whole iterations; the rest of an
 * epoch is left out, so that no iteration holds a prompt twice.
 */
export function selectIterationPrompts(
  prompts: readonly Prompt[],
  promptsPerIteration: number,
  iteration: number,
  seed: number,
): Prompt[] {
  const iterationsPerEpoch = Math.floor(prompts.length / promptsPerIteration);
  const epoch = Math.floor(iteration / iterationsPerEpoch);
  const first = (iteration % iterationsPerEpoch) * promptsPerIteration;
  const order = createRandom(deriveSeed(seed, 'order', epoch)).shuffle(prompts);
  return order.slice(first, first + promptsPerIteration);
}

/** The prompts to diagnose: all of them, or a seeded choice, in their own order. */
export function selectDiagnosisPrompts(prompts: readonly Prompt[], count: number | undefined, seed: number): Prompt[] {
  if (count === undefined) return [...prompts];
  const chosen = new Set(
    createRandom(deriveSeed(seed, 'order', 'diagnosis'))
      .shuffle(prompts)
      .slice(0, count),
  );
  return prompts.filter((prompt) => chosen.has(prompt));
}

/**
 * Tokens that a shard may come to. A scoring Lambda holds the shard's trajectories in memory: at about 32 bytes of JSON
 * a token they are 256 MB at most.
 */
const MAX_SHARD_TOKENS = 8_000_000;
/** Children of a Batch array job. */
const MAX_SHARDS = 10_000;

/** Shards of a rollout: as many as are wanted, and more where they would come to more than a stage can hold. */
export function countShards(
  { prompts, trajectoriesPerPrompt }: { prompts: number; trajectoriesPerPrompt: number },
  { sampling, compute }: Pick<RunConfig, 'sampling' | 'compute'>,
): number {
  const tokens = prompts * trajectoriesPerPrompt * sampling.maxNewTokens;
  const wanted = Math.max(compute.rolloutShards, Math.ceil(tokens / MAX_SHARD_TOKENS));
  return Math.min(wanted, prompts, MAX_SHARDS);
}
