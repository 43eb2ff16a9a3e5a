import { deriveSeed } from '../../base/seeds.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { TaskSource } from '../family.ts';
import { splitOf } from './split.ts';
import { draftTask, taskId } from './task.ts';
import type { TaskDraft, Tier } from './tier.ts';
import { TIERS, type TierName } from './tiers.ts';

/** Draws in a row without a new task, after which a tier counts as exhausted: a split holds at least a tenth of all draws. */
const MAX_FRUITLESS_DRAWS = 1000;

/**
 * Draws distinct tasks of one split, as many per tier as asked, and finishes each; one that cannot be finished is left out. The tiers
 * are evenly interleaved. Throws `InvalidInputError` where the split has fewer than asked.
 */
export function drawTiers<T>(
  { tiers, seed, split }: Pick<TaskSource, 'split' | 'tiers' | 'seed'>,
  finish: (tier: Tier, draft: TaskDraft) => T | undefined,
): T[] {
  const ranked = Object.entries(tiers).flatMap(([name, count]) =>
    drawTier(name as TierName, count, { seed, split }, finish).map((task, index) => ({
      task,
      rank: (index + 0.5) / count,
    })),
  );
  return ranked.sort((a, b) => a.rank - b.rank).map(({ task }) => task);
}

function drawTier<T>(
  name: TierName,
  count: number,
  { seed, split }: Pick<TaskSource, 'split' | 'seed'>,
  finish: (tier: Tier, draft: TaskDraft) => T | undefined,
): T[] {
  const tier = TIERS[name];
  const tasks = new Map<string, T>();
  for (let draw = 0, fruitless = 0; tasks.size < count; draw++, fruitless++) {
    if (fruitless > MAX_FRUITLESS_DRAWS) {
      throw new InvalidInputError(
        `tier '${name}' gave only ${tasks.size} distinct tasks of split '${split}', ${count} were asked for; ask for fewer`,
      );
    }
    const draft = draftTask(tier, deriveSeed('draw', seed, draw));
    const promptId = taskId(tier, draft);
    if (splitOf(draft.scene) !== split || tasks.has(promptId)) continue;
    const finished = finish(tier, draft);
    if (finished === undefined) continue;
    tasks.set(promptId, finished);
    fruitless = 0;
  }
  return [...tasks.values()];
}
