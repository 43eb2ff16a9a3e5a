import { Prompt } from '../schema/prompt.ts';
import type { GoldenCase, RewardContext, UserReward } from './reward.ts';

const TOLERANCE = 1e-9;

/** What is wrong with a reward by its own golden cases, a message for each that fails. */
export async function findCaseFaults(reward: UserReward, context: RewardContext): Promise<string[]> {
  const messages = await Promise.all(reward.cases.map((golden) => findCaseFault(reward, golden, context)));
  return messages.filter((message) => message !== undefined);
}

async function findCaseFault(
  reward: UserReward,
  golden: GoldenCase,
  context: RewardContext,
): Promise<string | undefined> {
  try {
    const scorer = reward.create(reward.options.parse(golden.options ?? {}), context);
    const prompt = Prompt.parse({ ...BLANK_PROMPT, ...golden.prompt });
    const { value, evidence } = await scorer.score(prompt, { ...BLANK_TRAJECTORY, ...golden.trajectory });
    if (Math.abs(value - golden.value) <= TOLERANCE) return undefined;
    return `golden case "${golden.name}" gave ${value} (${evidence}), wanted ${golden.value}; correct the reward or the case`;
  } catch (error) {
    return `golden case "${golden.name}" failed: ${error}; correct the reward or the case`;
  }
}

const BLANK_PROMPT = { promptId: 'golden', question: 'How many?', images: [], groundTruth: '7' };
const BLANK_TRAJECTORY = { trajectoryIndex: 0, tokenIds: Array<number>(100).fill(0), finishReason: 'stop' as const };
