import { findGoldFault, type GradeOptions, gradeAnswer } from '../../rewards/index.ts';
import { InvalidInputError } from '../../schema/errors.ts';

/** An answer, bare or in a whole response, and the right one. */
export interface AnswerPair {
  gold: string;
  answer: string;
  options?: string[];
  /** What is asked: `m + n = 5` answers 5 only where m + n is. */
  question?: string;
}

/** What `rise grade` prints of a pair; `extracted` is what was read as the answer, null where nothing was. */
export interface PairVerdict {
  verdict: string;
  extracted: string | null;
  reason: string;
}

/** Grades a pair that stands at `place`. Throws `InvalidInputError`, with the place, where the gold cannot be graded against. */
export function gradePair(
  { gold, answer, options, question }: AnswerPair,
  place: string,
  gradeOptions: GradeOptions = {},
): PairVerdict {
  const prompt = { groundTruth: gold, options, question };
  const fault = findGoldFault(prompt);
  if (fault !== undefined) throw new InvalidInputError(`${place}: ${fault}`);
  const { verdict, extracted, reason } = gradeAnswer(prompt, answer, gradeOptions);
  return { verdict, extracted: extracted ?? null, reason };
}
