import { CorruptRecordError } from '../schema/errors.ts';
import type { Trajectory } from '../schema/trajectory.ts';

/** Refuses (`CorruptRecordError`) a prompt's group that is not exactly the trajectories 0 .. groupSize-1. */
export function assertWholeGroup(
  promptId: string,
  group: readonly Pick<Trajectory, 'trajectoryIndex'>[],
  groupSize: number,
  place: string,
): void {
  const indices = group.map(({ trajectoryIndex }) => trajectoryIndex).sort((a, b) => a - b);
  if (indices.length === groupSize && indices.every((index, position) => index === position)) return;
  throw new CorruptRecordError(
    `${place} has trajectories [${indices}] of ${promptId}, wanted 0 to ${groupSize - 1}, each once; run the rollout again`,
  );
}
