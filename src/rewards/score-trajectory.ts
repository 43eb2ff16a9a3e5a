import type { Prompt } from '../schema/prompt.ts';
import type { RunConfig } from '../schema/run-config.ts';
import type { RewardPart, Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { ACCURACY_VERSION, gradeAnswer } from './accuracy/grade-answer.ts';
import { FORMAT_VERSION, isFormatted } from './format.ts';
import { OVERLONG_VERSION, overlongPenalty } from './overlong.ts';
import { computeRepetitionPenalty, REPETITION_VERSION } from './repetition.ts';

/** Versions of every reward, for manifests: stored trajectories are scored again when one changes. */
export const REWARD_VERSIONS = {
  accuracy: ACCURACY_VERSION,
  format: FORMAT_VERSION,
  repetition: REPETITION_VERSION,
  overlong: OVERLONG_VERSION,
};

/** What `scoreTrajectory` needs of a run's config. */
export interface RewardConfig {
  rewards: RunConfig['rewards'];
  /** Tokens at which a response is cut, and how many of the last ones are penalised; absent where lengths do not count. */
  overlong?: { maxNewTokens: number; bufferTokens: number };
}

/**
 * Scores one trajectory: `reward = sum of weight * value` over its parts. Accuracy is always graded, whatever its weight;
 * other parts of weight 0 are left out. An undecided answer earns no accuracy.
 */
export function scoreTrajectory(
  prompt: Prompt,
  trajectory: Pick<Trajectory, 'trajectoryIndex' | 'text' | 'tokenIds'>,
  config: RewardConfig,
): TrajectoryScore {
  const { verdict, reason } = gradeAnswer(prompt, trajectory.text);
  const isCorrect = verdict === 'correct';
  const accuracy = { value: isCorrect ? 1 : 0, evidence: `${verdict}: ${reason}` };
  const parts: Record<string, RewardPart> = {
    accuracy: { ...accuracy, weight: config.rewards.accuracy, version: `accuracy@${ACCURACY_VERSION}` },
  };
  if (config.rewards.format !== 0) parts.format = scoreFormat(trajectory.text, config.rewards.format);
  if (config.rewards.repetition !== 0) parts.repetition = scoreRepetition(trajectory.text, config.rewards.repetition);
  if (config.overlong?.bufferTokens) parts.overlong = scoreLength(trajectory.tokenIds.length, config.overlong);

  const reward = Object.values(parts).reduce((sum, part) => sum + part.weight * part.value, 0);
  const { trajectoryIndex } = trajectory;
  return { promptId: prompt.promptId, trajectoryIndex, reward, isCorrect, rewardBreakdown: parts };
}

function scoreFormat(text: string, weight: number): RewardPart {
  const isWellFormed = isFormatted(text);
  const evidence = isWellFormed ? 'think and answer tags, once each' : 'not <think>..</think> <answer>..</answer>';
  return { value: isWellFormed ? 1 : 0, weight, version: `format@${FORMAT_VERSION}`, evidence };
}

function scoreRepetition(text: string, weight: number): RewardPart {
  const value = computeRepetitionPenalty(text);
  const evidence = value === 0 ? 'no 20-gram repeats' : `share of repeated 20-grams ${(-value / 2).toFixed(3)}`;
  return { value, weight, version: `repetition@${REPETITION_VERSION}`, evidence };
}

function scoreLength(
  tokens: number,
  { maxNewTokens, bufferTokens }: NonNullable<RewardConfig['overlong']>,
): RewardPart {
  const value = overlongPenalty(tokens, maxNewTokens, bufferTokens);
  const evidence = `${tokens} tokens; the penalty begins after ${maxNewTokens - bufferTokens}, ${maxNewTokens} is the end`;
  return { value, weight: 1, version: `overlong@${OVERLONG_VERSION}`, evidence };
}
