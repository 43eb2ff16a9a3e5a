import { scoreTrajectory } from '../../rewards/index.ts';
import { CorruptRecordError } from '../../schema/errors.ts';
import { DIAGNOSIS, planPromptsKey, recordsKey, scoresPrefix, trajectoriesPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import type { ShardItem } from '../../schema/stage-contracts.ts';
import { Trajectory } from '../../schema/trajectory.ts';
import { completeOnce } from '../../store/complete-once.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import { loadRewards, rewardVersions } from '../load-rewards.ts';
import type { StageDeps } from '../stage-deps.ts';

export interface ScoringSummary {
  trajectories: number;
  correct: number;
  meanReward: number;
}

/** Scores every trajectory of a shard, after making sure that its groups are whole. */
export async function runScoring({ store, report }: StageDeps, input: ShardItem): Promise<ScoringSummary> {
  const { runId, rollout, shard } = input;
  const config = await readConfig(store, input.configKey);
  const rewards = loadRewards(config);
  const prefix = scoresPrefix(runId, rollout, shard);
  const description = { stage: 'score', runId, seed: config.seed, versions: rewardVersions(rewards) };
  return completeOnce(store, prefix, description, async (writePart) => {
    const prompts = await readRecords(store, planPromptsKey(runId, rollout, shard), Prompt);
    const key = recordsKey(trajectoriesPrefix(runId, rollout, shard));
    const trajectories = await readRecords(store, key, Trajectory);
    const groupSize = rollout === DIAGNOSIS ? config.diagnosis.trajectoriesPerPrompt : config.rl.groupSize;
    assertWholeGroups(prompts, trajectories, groupSize, key);

    const byId = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
    const scores = await Promise.all(
      trajectories.map((trajectory) => scoreTrajectory(byId.get(trajectory.promptId)!, trajectory, rewards)),
    );
    await writePart(recordsKey(prefix), encodeRecords(scores), scores.length);
    report({ stage: 'score', done: scores.length, total: scores.length, unit: 'trajectories' });
    return {
      trajectories: scores.length,
      correct: scores.filter((score) => score.isCorrect).length,
      meanReward: scores.reduce((sum, score) => sum + score.reward, 0) / scores.length,
    };
  });
}

/** Throws `CorruptRecordError` unless each prompt has exactly the trajectories 0 .. groupSize-1, and nothing else is there. */
export function assertWholeGroups(
  prompts: readonly Pick<Prompt, 'promptId'>[],
  trajectories: readonly Pick<Trajectory, 'promptId' | 'trajectoryIndex'>[],
  groupSize: number,
  place: string,
): void {
  const groups = Map.groupBy(trajectories, ({ promptId }) => promptId);
  const known = new Set(prompts.map(({ promptId }) => promptId));
  const stranger = [...groups.keys()].find((promptId) => !known.has(promptId));
  if (stranger !== undefined) {
    throw new CorruptRecordError(
      `${place} has trajectories of ${stranger}, which is not in its plan; run the rollout again`,
    );
  }
  for (const promptId of known) {
    const indices = (groups.get(promptId) ?? []).map(({ trajectoryIndex }) => trajectoryIndex).sort((a, b) => a - b);
    if (indices.length === groupSize && indices.every((index, position) => index === position)) continue;
    throw new CorruptRecordError(
      `${place} has trajectories [${indices}] of ${promptId}, wanted 0 to ${groupSize - 1}, each once; run the rollout again`,
    );
  }
}
