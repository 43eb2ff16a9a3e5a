import type { ScoredGroup } from '../../algorithms/algorithm.ts';
import { CorruptRecordError } from '../../schema/errors.ts';
import { planPromptsKey, recordsKey, scoresPrefix, trajectoriesPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import type { TrainRlJob } from '../../schema/stage-inputs.ts';
import { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { assertWholeGroup } from '../assert-whole-group.ts';

/**
 * Every group of a rollout, in the order of its plan.
 * @throws CorruptRecordError a group that is not whole, a trajectory without its score, or one of another policy
 */
export async function readScoredGroups(store: Store, input: TrainRlJob, groupSize: number): Promise<ScoredGroup[]> {
  const groups: ScoredGroup[] = [];
  for (let shard = 0; shard < input.shardCount; shard++) {
    const key = recordsKey(trajectoriesPrefix(input.runId, input.rollout, shard));
    const scoresKey = recordsKey(scoresPrefix(input.runId, input.rollout, shard));
    const prompts = await readRecords(store, planPromptsKey(input.runId, input.rollout, shard), Prompt);
    const trajectories = Map.groupBy(await readRecords(store, key, Trajectory), ({ promptId }) => promptId);
    const scores = new Map(
      (await readRecords(store, scoresKey, TrajectoryScore)).map((score) => [nameOf(score), score]),
    );
    for (const prompt of prompts) {
      const own = trajectories.get(prompt.promptId) ?? [];
      assertWholeGroup(prompt.promptId, own, groupSize, key);
      assertSampledBy(input.policyVersion, own, key);
      const members = own.map((trajectory) => ({ trajectory, score: requireScore(scores, trajectory, scoresKey) }));
      groups.push({ prompt, members });
    }
  }
  return groups;
}

const nameOf = ({ promptId, trajectoryIndex }: { promptId: string; trajectoryIndex: number }) =>
  `trajectory ${trajectoryIndex} of ${promptId}`;

function assertSampledBy(policyVersion: number, trajectories: readonly Trajectory[], place: string): void {
  const foreign = trajectories.find((trajectory) => trajectory.policyVersion !== policyVersion);
  if (!foreign) return;
  throw new CorruptRecordError(
    `${place}: ${nameOf(foreign)} was sampled by policy ${foreign.policyVersion}, not ${policyVersion}; run the rollout again`,
  );
}

function requireScore(scores: Map<string, TrajectoryScore>, trajectory: Trajectory, key: string): TrajectoryScore {
  const score = scores.get(nameOf(trajectory));
  if (score) return score;
  throw new CorruptRecordError(`${key} has no score for ${nameOf(trajectory)}; score the rollout again`);
}
