import { mapBounded } from '../../base/bounded.ts';
import { type ActiveReward, scoreTrajectory } from '../../rewards/index.ts';
import { rewardVersions } from '../../rewards/load-rewards.ts';
import { meanValues } from '../../rewards/mean-values.ts';
import type { ConfigPart } from '../../schema/config/config-part.ts';
import { CorruptRecordError, InterruptedError } from '../../schema/errors.ts';
import { planPromptsKey, recordsKey, trajectoriesPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { groupSizeOf } from '../../schema/rollout-size.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { type JudgeTotals, Trajectory, type TrajectoryScore } from '../../schema/trajectory.ts';
import type { OpenWork } from '../../store/begin-work.ts';
import { encodeRecords, readRecords, streamRecords } from '../../store/records.ts';
import { assertWholeGroup } from '../assert-whole-group.ts';
import type { StoppableDeps } from '../stage-deps.ts';
import { openScoreJournal } from './score-journal.ts';

/** Trajectories scored at once: rewards may wait for a judge. */
const CONCURRENT_TRAJECTORIES = 32;

/** A shard of stored trajectories, and how and where it is scored. */
export interface ScoringTask {
  input: ShardItem;
  config: ConfigPart<'rl.groupSize' | 'diagnosis.trajectoriesPerPrompt'>;
  /** Folder of the scores: the stage's own, or one beside it. */
  prefix: string;
  rewards: readonly ActiveReward[];
}

/** Counts of a scored shard, with what judges took where some were paid. */
export interface ScoringSummary extends Partial<JudgeTotals> {
  trajectories: number;
  correct: number;
  meanReward: number;
  /** Mean value of each reward. */
  rewards: Record<string, number>;
}

/**
 * Scores the trajectories of a shard as they stream in, and makes sure that its groups are whole. What is scored when the
 * signal aborts (`InterruptedError`) or a reward fails stays in a journal, where the next attempt finds it.
 */
export async function scoreShard(
  deps: StoppableDeps,
  work: OpenWork<ScoringSummary>,
  task: ScoringTask,
): Promise<ScoringSummary> {
  const { prefix, rewards } = task;
  const scores = await scoreTrajectories({ ...deps, store: work.store }, task);
  await work.writePart(recordsKey(prefix), encodeRecords(scores), scores.length);
  deps.report({ stage: 'score', done: scores.length, total: scores.length, unit: 'trajectories' });
  const summary = {
    trajectories: scores.length,
    correct: scores.filter((score) => score.isCorrect).length,
    meanReward: scores.reduce((sum, score) => sum + score.reward, 0) / scores.length,
    rewards: meanValues(scores),
    ...totalUsage(scores),
  };
  return work.finish(summary, rewardVersions(rewards));
}

/** Adds up the judgements behind scores, kept ones at what they took when they were made; undefined without any. */
function totalUsage(scores: readonly Pick<TrajectoryScore, 'rewardBreakdown'>[]): JudgeTotals | undefined {
  const parts = scores.flatMap(({ rewardBreakdown }) => Object.values(rewardBreakdown));
  const usages = new Map(parts.flatMap(({ usage }) => (usage ? [[usage.id, usage]] : [])));
  if (usages.size === 0) return undefined;
  const totals = { judgements: usages.size, judgeInputTokens: 0, judgeOutputTokens: 0, judgeDollars: 0 };
  for (const { inputTokens, outputTokens, dollars = 0 } of usages.values()) {
    totals.judgeInputTokens += inputTokens;
    totals.judgeOutputTokens += outputTokens;
    totals.judgeDollars += dollars;
  }
  return totals;
}

async function scoreTrajectories({ store, signal }: StoppableDeps, task: ScoringTask): Promise<TrajectoryScore[]> {
  const { input, config, prefix, rewards } = task;
  const { runId, rollout, shard } = input;
  const promptList = await readRecords(store, planPromptsKey(runId, rollout, shard), Prompt);
  const prompts = new Map(promptList.map((prompt) => [prompt.promptId, prompt]));
  const key = recordsKey(trajectoriesPrefix(runId, rollout, shard));
  const journal = await openScoreJournal(store, prefix, rewards);
  const scoreOne = async (trajectory: Trajectory) => {
    const known = journal.find(trajectory);
    if (known) return known;
    const score = await scoreTrajectory(findPrompt(prompts, trajectory, key), trajectory, rewards);
    await journal.add(score);
    return score;
  };
  try {
    const trajectories = streamRecords(store, key, Trajectory);
    const scores = await mapBounded(trajectories, CONCURRENT_TRAJECTORIES, scoreOne, signal);
    const groups = Map.groupBy(scores, ({ promptId }) => promptId);
    for (const { promptId } of promptList) {
      assertWholeGroup(promptId, groups.get(promptId) ?? [], groupSizeOf(config, rollout), key);
    }
    return scores;
  } catch (error) {
    await journal.flush();
    throw signal.aborted ? new InterruptedError(`stopped while it scored ${key}`, { cause: error }) : error;
  }
}

function findPrompt(prompts: ReadonlyMap<string, Prompt>, { promptId }: Trajectory, place: string): Prompt {
  const prompt = prompts.get(promptId);
  if (prompt) return prompt;
  throw new CorruptRecordError(
    `${place} has trajectories of ${promptId}, which is not in its plan; run the rollout again`,
  );
}
