import { deriveSeed } from '../../base/seeds.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { Task, TaskFamily } from '../family.ts';
import { splitOf } from './split.ts';
import { draftTask, finishTask, taskId } from './task.ts';
import { TIERS, type TierName } from './tiers.ts';

/** Draws in a row without a new task, after which a tier counts as exhausted: a split holds at least a tenth of all draws. */
const MAX_FRUITLESS_DRAWS = 1000;

/**
 * Bar charts to read and to calculate with, and grids of shapes to count. The tiers are evenly interleaved; asking for
 * more of a tier keeps those drawn before.
 */
export const charts: TaskFamily = {
  name: 'charts',
  tiers: Object.keys(TIERS),
  draw({ tiers, seed, split }) {
    const ranked = Object.entries(tiers).flatMap(([tier, count]) =>
      drawTier(tier as TierName, count, seed, split).map((task, index) => ({ task, rank: (index + 0.5) / count })),
    );
    return ranked.sort((a, b) => a.rank - b.rank).map(({ task }) => task);
  },
};

function drawTier(name: TierName, count: number, seed: number, split: string): Task[] {
  const tier = TIERS[name];
  const tasks = new Map<string, Task>();
  for (let draw = 0, fruitless = 0; tasks.size < count; draw++, fruitless++) {
    if (fruitless > MAX_FRUITLESS_DRAWS) {
      throw new InvalidInputError(
        `tier '${name}' gave only ${tasks.size} distinct tasks of split '${split}', ${count} were asked for; ask for fewer`,
      );
    }
    const draft = draftTask(tier, deriveSeed('draw', seed, draw));
    const promptId = taskId(tier, draft);
    if (splitOf(draft.scene) !== split || tasks.has(promptId)) continue;
    tasks.set(promptId, finishTask(tier, draft));
    fruitless = 0;
  }
  return [...tasks.values()];
}
