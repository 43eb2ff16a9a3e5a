import { z } from 'zod';
import type { Benchmark } from './benchmark.ts';
import { gradeByAccuracy } from './grade-by-accuracy.ts';

const SKILLS = ['inductive', 'deductive', 'numerical', 'spatial', 'mechanical'];

/**
 * LogicVista (Xiao et al. 2024, arXiv 2407.04973), by the rules of `eval/extract_accuracy_new.py` in Yijia-Xiao/LogicVista: the
 * letters that a reply chooses are those of the answer, in any order. There a language model reads them, here the accuracy reward.
 */
export const logicvista: Benchmark = {
  name: 'logicvista',
  title: 'LogicVista',
  version: '1',
  options: z.strictObject({}),
  create: (_, context) => ({
    ...gradeByAccuracy(context),
    gradeWith: async (judge, { question, groundTruth }, text) => {
      const answer = await judge.read(FORM, question, text);
      return { isCorrect: lettersOf(answer) === lettersOf(groundTruth), answer };
    },
    categoriesOf: ({ details }) => {
      const told = JSON.stringify(details?.skill ?? '');
      return { skill: SKILLS.filter((skill) => told.includes(skill)) };
    },
  }),
};

const FORM = 'as the letters (or numbers) of all options that it chooses, with commas between them: A, C';

/** `C, A` as `a,c`. */
const lettersOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((letter) => letter !== '')
    .sort()
    .join();
