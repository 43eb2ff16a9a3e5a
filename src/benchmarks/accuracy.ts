import { computeMcNemarP } from '../base/statistics/mcnemar.ts';
import { computeWilsonInterval } from '../base/statistics/wilson.ts';
import type { AccuracyEstimate, EvaluationRecord } from '../schema/evaluation.ts';
import type { PairedDifference } from './benchmark.ts';

/** A graded answer; the answers of two policies to one prompt are a pair. */
type Verdict = Pick<EvaluationRecord, 'promptId' | 'isCorrect'>;

/** Share of correct answers with its 95% interval; over nothing it is 0 in [0, 1]. */
export function estimateAccuracy(verdicts: readonly Pick<Verdict, 'isCorrect'>[]): AccuracyEstimate {
  const n = verdicts.length;
  const correct = verdicts.filter(({ isCorrect }) => isCorrect).length;
  return { accuracy: n === 0 ? 0 : correct / n, ...computeWilsonInterval(correct, n), n };
}

/** Two policies compared on the prompts that both answered once; `difference` is `after` minus `before`. */
export function compareAccuracy(before: readonly Verdict[], after: readonly Verdict[]): PairedDifference {
  const wasCorrect = new Map(before.map(({ promptId, isCorrect }) => [promptId, isCorrect]));
  const paired = after.filter(({ promptId }) => wasCorrect.has(promptId));
  const gained = paired.filter(({ promptId, isCorrect }) => isCorrect && !wasCorrect.get(promptId)).length;
  const lost = paired.filter(({ promptId, isCorrect }) => !isCorrect && wasCorrect.get(promptId)).length;
  const difference = paired.length === 0 ? 0 : (gained - lost) / paired.length;
  return { difference, mcnemarP: computeMcNemarP(gained, lost) };
}
