import { meanOf } from '../base/statistics/bootstrap.ts';
import { estimatePassAtK, passKs } from '../base/statistics/pass-at-k.ts';
import type { SeveralAnswers } from '../schema/evaluation.ts';
import type { Grading } from './benchmark.ts';
import { estimateAccuracy } from './estimate-accuracy.ts';

/**
 * What several answers a prompt tell; undefined where each prompt has one.
 * @param groups the verdicts on each prompt's answers
 */
export function describeSeveral(groups: readonly (readonly Grading[])[]): SeveralAnswers | undefined {
  const completionsPerPrompt = Math.min(...groups.map(({ length }) => length));
  if (groups.length === 0 || completionsPerPrompt < 2) return undefined;
  const passAt = passKs(completionsPerPrompt).map((k) => {
    return [k, meanOf(groups.map((group) => estimatePassAtK(group.length, countRight(group), k)))];
  });
  return {
    completionsPerPrompt,
    passAt: Object.fromEntries(passAt),
    majority: estimateAccuracy(groups.map(voteOf)),
    worst: estimateAccuracy(groups.map((group) => (countRight(group) === group.length ? 1 : 0))),
  };
}

export const countRight = (group: readonly Grading[]) => group.filter(({ isCorrect }) => isCorrect).length;

/**
 * Share of the most frequent answers that is right: 0 or 1, but for a tie. All right answers are one, however they are written;
 * wrong ones are by their text; no answer is no vote.
 */
function voteOf(group: readonly Grading[]): number {
  const right = countRight(group);
  const wrong = new Map<string, number>();
  for (const { isCorrect, answer } of group) {
    if (isCorrect || answer === undefined) continue;
    const text = answer.trim().toLowerCase();
    wrong.set(text, (wrong.get(text) ?? 0) + 1);
  }
  const most = Math.max(right, ...wrong.values());
  if (right < most || right === 0) return 0;
  return 1 / (1 + [...wrong.values()].filter((votes) => votes === most).length);
}
