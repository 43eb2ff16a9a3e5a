import { readFile } from 'node:fs/promises';
import { describeSystemError } from '../../base/system-error.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { SCORE_SECONDS, useUserReward } from './load-user-reward.ts';
import type { CaseOutcome } from './reward-calls.ts';

/** What came of a reward's golden cases, in their order. */
export interface RewardTest {
  /** Name and version. */
  reward: string;
  cases: { name: string; outcome: CaseOutcome }[];
}

/** Runs the golden cases of a file's reward. Throws `InvalidInputError` where it cannot be read or defines no reward. */
export async function testUserReward(
  path: string,
  { timeoutSeconds = SCORE_SECONDS, maxNewTokens }: { timeoutSeconds?: number; maxNewTokens: number },
): Promise<RewardTest> {
  const code = await readFile(path).catch((cause: Error) => {
    throw new InvalidInputError(describeSystemError(cause) ?? `${path}: ${cause.message}`, { cause });
  });
  return useUserReward(path, code, timeoutSeconds, async ({ name, version, runCases }) => {
    return { reward: `${name}@${version}`, cases: await runCases(maxNewTokens) };
  });
}
