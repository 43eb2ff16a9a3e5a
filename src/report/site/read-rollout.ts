import { Decision } from '../../schema/decision.ts';
import { ExpertAnswer } from '../../schema/expert-answer.ts';
import * as keys from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import type { SftIndexEntry } from '../../schema/sft-example.ts';
import { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { describePrompt, type ShowImage } from './describe-prompt.ts';
import { readAll } from './read-all.ts';
import type { ExampleDetail, ExpertDetail, GroupDetail, TrajectoryDetail } from './report-data.ts';
import type { TokenPieces } from './token-pieces.ts';

/** What reading a run's groups takes besides its records. */
export interface GroupContext {
  showImage: ShowImage;
  /** Absent where the base model's tokenizer cannot be read: text then is not split. */
  splitTokens?: (tokenIds: readonly number[], logprobs: readonly number[]) => TokenPieces;
  /** SFT's examples by their prompt. */
  examples: ReadonlyMap<string, readonly SftIndexEntry[]>;
  /** Which of a source's prompts are shown, by their place in it. */
  isShown(index: number): boolean;
}

/** A rollout's groups in the order of its plan; of a diagnosis with what was decided of them. Memory holds one shard. */
export async function* readRollout(
  store: Store,
  runId: string,
  { id, shards }: { id: string; shards: readonly number[] },
  context: GroupContext,
): AsyncGenerator<GroupDetail> {
  let index = 0;
  for (const shard of shards) {
    const records = await readShard(store, runId, id, shard);
    for (const prompt of records.prompts) {
      if (context.isShown(index++)) yield describeGroup(prompt, records, context);
    }
  }
}

type Shard = Awaited<ReturnType<typeof readShard>>;

async function readShard(store: Store, runId: string, rollout: string, shard: number) {
  const isDiagnosis = rollout === keys.DIAGNOSIS;
  const [prompts, trajectories, scores, decisions, answers] = await Promise.all([
    readRecords(store, keys.planPromptsKey(runId, rollout, shard), Prompt),
    readRecords(store, keys.recordsKey(keys.trajectoriesPrefix(runId, rollout, shard)), Trajectory),
    readAll(store, keys.recordsKey(keys.scoresPrefix(runId, rollout, shard)), TrajectoryScore),
    isDiagnosis ? readAll(store, keys.decisionsKey(runId, shard), Decision) : [],
    isDiagnosis ? readAll(store, keys.recordsKey(keys.expertPrefix(runId, shard)), ExpertAnswer) : [],
  ]);
  return {
    prompts,
    trajectories: Map.groupBy(trajectories, ({ promptId }) => promptId),
    scores: new Map(scores.map((score) => [placeOf(score), score])),
    decisions: new Map(decisions.map((decision) => [decision.promptId, decision])),
    answers: new Map(answers.map((answer) => [answer.promptId, answer])),
  };
}

const placeOf = ({ promptId, trajectoryIndex }: Pick<Trajectory, 'promptId' | 'trajectoryIndex'>) =>
  `${trajectoryIndex} ${promptId}`;

async function describeGroup(prompt: Prompt, shard: Shard, context: GroupContext): Promise<GroupDetail> {
  const { promptId } = prompt;
  const decision = shard.decisions.get(promptId);
  const answer = shard.answers.get(promptId);
  const trajectories = shard.trajectories.get(promptId) ?? [];
  return {
    ...(await describePrompt(prompt, context.showImage)),
    trajectories: trajectories.map((trajectory) => describeTrajectory(trajectory, shard, context)),
    examples: decision ? (context.examples.get(promptId) ?? []).map(describeExample) : [],
    ...(decision && { decision, decisionLine: JSON.stringify(decision) }),
    ...(answer && { expert: describeExpert(answer) }),
  };
}

function describeTrajectory(trajectory: Trajectory, shard: Shard, { splitTokens }: GroupContext): TrajectoryDetail {
  const { promptId, trajectoryIndex, text, tokenIds, samplingLogprobs, finishReason, seed, policyVersion } = trajectory;
  const score = shard.scores.get(placeOf(trajectory));
  const decided = shard.decisions.get(promptId)?.trajectories.find((one) => one.trajectoryIndex === trajectoryIndex);
  return {
    ...{ label: String(trajectoryIndex), text, tokenCount: tokenIds.length, finishReason, seed, policyVersion },
    ...(score && { isCorrect: score.isCorrect, reward: score.reward, rewards: score.rewardBreakdown }),
    ...(splitTokens && { tokens: splitTokens(tokenIds, samplingLogprobs) }),
    ...(decided && { decision: { outcome: decided.outcome, ...(decided.because && { because: decided.because }) } }),
  };
}

function describeExpert(answer: ExpertAnswer): ExpertDetail {
  const { provider, response, isVerified, evidence, reward, rewardBreakdown, consultation } = answer;
  return {
    ...{ provider, response, isVerified, evidence },
    ...(reward !== undefined && { reward }),
    ...(rewardBreakdown && { rewards: rewardBreakdown }),
    ...(consultation && { consultation }),
  };
}

const describeExample = ({ exampleId, source, shard, order }: SftIndexEntry): ExampleDetail => ({
  ...{ exampleId, source, shard },
  ...(order !== undefined && { order }),
});
