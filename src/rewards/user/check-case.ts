import { Prompt } from '../../schema/prompt.ts';
import type { UserReward } from '../reward.ts';
import type { CaseOutcome } from './reward-calls.ts';

const TOLERANCE = 1e-9;

/** What comes of one of a reward's golden cases. */
export async function runCase(
  reward: UserReward,
  at: number,
  maxNewTokens: number,
  describe: (error: unknown) => string,
): Promise<CaseOutcome> {
  const golden = reward.cases[at];
  try {
    const scorer = reward.create(reward.options.parse(golden.options ?? {}), { maxNewTokens });
    const prompt = Prompt.parse({ ...BLANK_PROMPT, ...golden.prompt });
    const { value, evidence } = await scorer.score(prompt, { ...BLANK_TRAJECTORY, ...golden.trajectory });
    const given = { value, evidence: String(evidence) };
    if (Math.abs(value - golden.value) <= TOLERANCE) return { kind: 'holds', ...given };
    return { kind: 'differs', ...given, wanted: golden.value };
  } catch (error) {
    return { kind: 'failed', fault: describe(error) };
  }
}

/** What is wrong with a golden case, in words; undefined where it holds. */
export function describeCaseFault(outcome: CaseOutcome): string | undefined {
  switch (outcome.kind) {
    case 'holds':
      return undefined;
    case 'differs':
      return `gave ${outcome.value} (${outcome.evidence}), wanted ${outcome.wanted}; correct the reward or the case`;
    case 'failed':
      return `failed: ${outcome.fault}; correct the reward or the case`;
  }
}

const BLANK_PROMPT = { promptId: 'golden', question: 'How many?', images: [], groundTruth: '7' };
const BLANK_TRAJECTORY = { trajectoryIndex: 0, tokenIds: Array<number>(100).fill(0), finishReason: 'stop' as const };
