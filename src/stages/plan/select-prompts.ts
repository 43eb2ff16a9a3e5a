import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
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
