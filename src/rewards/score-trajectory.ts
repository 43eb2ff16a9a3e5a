import { RewardFailedError, RiseError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { RewardPart, TrajectoryScore } from '../schema/trajectory.ts';
import type { Reward, RewardValue, ScorableTrajectory, Scorer } from './reward.ts';

/** A reward as a run uses it. */
export interface ActiveReward extends Scorer, Pick<Reward, 'name' | 'version'> {
  weight: number;
  /** What a prompt lacks for it, in words. */
  findNeeds(prompt: Prompt): string[] | Promise<string[]>;
}

/**
 * Scores one trajectory: `reward = sum of weight * value` over its parts, one per reward. Accuracy must be among them,
 * whatever its weight: it alone says what is correct.
 */
export async function scoreTrajectory(
  prompt: Prompt,
  trajectory: ScorableTrajectory,
  rewards: readonly ActiveReward[],
): Promise<TrajectoryScore> {
  const parts = await Promise.all(rewards.map((reward) => scorePart(prompt, trajectory, reward)));
  const { promptId } = prompt;
  const { trajectoryIndex } = trajectory;
  const rewardBreakdown = Object.fromEntries(parts.map((part, index) => [rewards[index].name, part]));
  const reward = parts.reduce((sum, part) => sum + part.weight * part.value, 0);
  return { promptId, trajectoryIndex, reward, isCorrect: rewardBreakdown.accuracy.value === 1, rewardBreakdown };
}

async function scorePart(prompt: Prompt, trajectory: ScorableTrajectory, reward: ActiveReward): Promise<RewardPart> {
  const { name, version, weight } = reward;
  const given = await callReward(prompt, trajectory, reward);
  if (typeof given !== 'object' || given === null) {
    throw new RewardFailedError(
      `rewards.${name} gave ${given} for trajectory ${trajectory.trajectoryIndex} of ${prompt.promptId}, not { value, evidence }; correct the reward`,
    );
  }
  const { value, evidence, usage } = given;
  if (Number.isFinite(value)) {
    return { value, weight, version: `${name}@${version}`, evidence: String(evidence), ...(usage && { usage }) };
  }
  throw new RewardFailedError(
    `rewards.${name} gave ${value} for trajectory ${trajectory.trajectoryIndex} of ${prompt.promptId}, not a finite number; correct the reward`,
  );
}

async function callReward(prompt: Prompt, trajectory: ScorableTrajectory, reward: ActiveReward): Promise<RewardValue> {
  try {
    return await reward.score(prompt, trajectory);
  } catch (cause) {
    if (cause instanceof RiseError && !(cause instanceof RewardFailedError)) throw cause;
    throw new RewardFailedError(
      `rewards.${reward.name} failed on trajectory ${trajectory.trajectoryIndex} of ${prompt.promptId}: ${cause instanceof RewardFailedError ? cause.message : cause}`,
      { cause },
    );
  }
}
