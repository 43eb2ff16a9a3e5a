import { CorruptRecordError } from '../../schema/errors.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { Trajectory } from '../../schema/trajectory.ts';

/** Throws `CorruptRecordError` unless each prompt has exactly the trajectories 0 .. groupSize-1. */
export function assertWholeGroups(
  prompts: readonly Pick<Prompt, 'promptId'>[],
  trajectories: readonly Pick<Trajectory, 'promptId' | 'trajectoryIndex'>[],
  groupSize: number,
  place: string,
): void {
  const groups = Map.groupBy(trajectories, ({ promptId }) => promptId);
  for (const { promptId } of prompts) {
    const indices = (groups.get(promptId) ?? []).map(({ trajectoryIndex }) => trajectoryIndex).sort((a, b) => a - b);
    if (indices.length === groupSize && indices.every((index, position) => index === position)) continue;
    throw new CorruptRecordError(
      `${place} has trajectories [${indices}] of ${promptId}, wanted 0 to ${groupSize - 1}, each once; run the rollout again`,
    );
  }
}
