import { z } from 'zod';
import type { PromptSource } from '../../schema/config/prompt-source.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { Benchmark, Examination, Grading } from '../benchmark.ts';
import { gradeByAccuracy } from '../grade-by-accuracy.ts';
import { inquiryOf } from './inquiry-of.ts';
import { saysUnsolvable } from './says-unsolvable.ts';
import { tabulateMastery } from './tabulate-mastery.ts';

const PROMPTS_PER_TIER = 400;

/** 200 problems about charts with their nine inquiries each. */
const CHART_INQUIRIES: PromptSource = {
  kind: 'tasks',
  family: 'chart-inquiries',
  split: 'evaluation',
  tiers: Object.fromEntries(['read', 'count', 'sum', 'difference', 'product'].map((tier) => [tier, PROMPTS_PER_TIER])),
  seed: 1,
};

/**
 * CogMath (Liu et al. 2025, arXiv 2506.04481): a problem counts as mastered where all of its nine inquiries pass (docs/cogmath.md).
 * Accuracy is that of the problems themselves. Right answers are told by the accuracy reward, refusals by `saysUnsolvable`,
 * explanations by a judge alone.
 */
export const cogmath: Benchmark = {
  name: 'cogmath',
  title: 'CogMath',
  version: '1',
  options: z.strictObject({}),
  source: CHART_INQUIRIES,
  create: (_, context) => {
    const { rewards, grade: gradeAnswer } = gradeByAccuracy(context);
    const grade = gradeByRules(gradeAnswer);
    return {
      rewards,
      asks: ({ details }) => details?.cogmath !== undefined,
      grade,
      gradeWith: async (judge, prompt, text) => {
        if (inquiryOf(prompt).expects !== 'explanation') return grade(prompt, text);
        const isCorrect = await judge.agree(prompt.question, prompt.groundTruth, text);
        return { isCorrect, answer: text };
      },
      counts: (prompt) => inquiryOf(prompt).dimension === 0,
      categoriesOf: ({ tier = 'none' }) => ({ tier: [tier] }),
      tabulate: (graded) => tabulateMastery(graded, gradeAnswer),
    };
  },
};

/** An explanation has no verdict by rules, and so no answer that was read. */
const gradeByRules =
  (gradeAnswer: Examination['grade']) =>
  (prompt: Prompt, text: string): Grading => {
    const { expects } = inquiryOf(prompt);
    if (expects === 'answer') return gradeAnswer(prompt, text);
    if (expects === 'explanation') return { isCorrect: false };
    return { isCorrect: saysUnsolvable(text), answer: gradeAnswer(prompt, text).answer };
  };
