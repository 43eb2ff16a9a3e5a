import { Prompt } from '../../schema/prompt.ts';
import type { UserReward } from '../reward.ts';

const TOLERANCE = 1e-9;

/** What is wrong with a reward by one of its golden cases; undefined where it holds. */
export async function findCaseFault(
  reward: UserReward,
  at: number,
  maxNewTokens: number,
  describe: (error: unknown) => string,
): Promise<string | undefined> {
  const golden = reward.cases[at];
  try {
    const scorer = reward.create(reward.options.parse(golden.options ?? {}), { maxNewTokens });
    const prompt = Prompt.parse({ ...BLANK_PROMPT, ...golden.prompt });
    const { value, evidence } = await scorer.score(prompt, { ...BLANK_TRAJECTORY, ...golden.trajectory });
    if (Math.abs(value - golden.value) <= TOLERANCE) return undefined;
    return `gave ${value} (${evidence}), wanted ${golden.value}; correct the reward or the case`;
  } catch (error) {
    return `failed: ${describe(error)}; correct the reward or the case`;
  }
}

const BLANK_PROMPT = { promptId: 'golden', question: 'How many?', images: [], groundTruth: '7' };
const BLANK_TRAJECTORY = { trajectoryIndex: 0, tokenIds: Array<number>(100).fill(0), finishReason: 'stop' as const };
