import type { Prompt } from '../schema/prompt.ts';
import type { RewardPart, TrajectoryScore } from '../schema/trajectory.ts';
import type { ScoredTrajectory, Scorer } from './reward.ts';

/** A reward as a run uses it. */
export interface ActiveReward extends Scorer {
  name: string;
  version: string;
  weight: number;
}

/**
 * Scores one trajectory: `reward = sum of weight * value` over its parts, one per reward. Accuracy must be among them,
 * whatever its weight: it alone says what is correct.
 */
export async function scoreTrajectory(
  prompt: Prompt,
  trajectory: ScoredTrajectory,
  rewards: readonly ActiveReward[],
): Promise<TrajectoryScore> {
  const parts = await Promise.all(rewards.map((reward) => scorePart(prompt, trajectory, reward)));
  const { promptId } = prompt;
  const { trajectoryIndex } = trajectory;
  const rewardBreakdown = Object.fromEntries(parts.map((part, index) => [rewards[index].name, part]));
  const reward = parts.reduce((sum, part) => sum + part.weight * part.value, 0);
  return { promptId, trajectoryIndex, reward, isCorrect: rewardBreakdown.accuracy.value === 1, rewardBreakdown };
}

async function scorePart(prompt: Prompt, trajectory: ScoredTrajectory, reward: ActiveReward): Promise<RewardPart> {
  const { value, evidence } = await reward.score(prompt, trajectory);
  return { value, weight: reward.weight, version: `${reward.name}@${reward.version}`, evidence };
}
