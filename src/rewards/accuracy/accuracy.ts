import type { Reward } from '../reward.ts';
import { GradeOptions } from './decimal-comma.ts';
import { ACCURACY_VERSION, gradeAnswer } from './grade-answer.ts';

/** 1 for a right final answer, else 0; an undecided one earns nothing. */
export const accuracy: Reward<GradeOptions> = {
  name: 'accuracy',
  version: ACCURACY_VERSION,
  options: GradeOptions,
  create: (options) => ({
    score(prompt, { text }) {
      const { verdict, reason } = gradeAnswer(prompt, text, options);
      return { value: verdict === 'correct' ? 1 : 0, evidence: `${verdict}: ${reason}` };
    },
  }),
};
