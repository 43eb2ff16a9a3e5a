import { z } from 'zod';
import { type GradeOptions, gradeAnswer } from '../rewards/index.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { AnswerJudge, Benchmark, Grading } from './benchmark.ts';
import { demandDetail } from './demand-detail.ts';
import { gradeByAccuracy } from './grade-by-accuracy.ts';
import { listDetail } from './list-detail.ts';
import { wordPrompt } from './word-prompt.ts';

const versionOf = (prompt: Prompt) => demandDetail(prompt, 'problem_version', 'mathverse');

/**
 * MathVerse (Zhang et al. 2024, arXiv 2403.14624), after `evaluation/` in ZrrSkywalker/MathVerse, where one language model reads
 * the answer and another says whether it is the right one: here the accuracy reward does both. Five versions of each problem, and
 * one without its image.
 */
const aMathVerse = (name: string, title: string, asks?: (prompt: Prompt) => boolean): Benchmark => ({
  name,
  title,
  version: '1',
  options: z.strictObject({}),
  create: (_, context) => ({
    rewards: gradeByAccuracy(context).rewards,
    asks,
    word: (prompt) => wordPrompt(prompt, String(prompt.details?.query_cot ?? prompt.question)),
    grade: (prompt, text) => gradeMathVerse(prompt, text, context.gradeOptions),
    gradeWith: judgeMathVerse,
    categoriesOf: (prompt) => ({
      version: [versionOf(prompt)],
      subject: listDetail(prompt, 'subject'),
      subfield: listDetail(prompt, 'subfield'),
    }),
  }),
});

/** Every version that the data has. */
export const mathverse = aMathVerse('mathverse', 'MathVerse');

/** The version whose question stands in the image alone. */
export const mathverseVisionOnly = aMathVerse(
  'mathverse-vision-only',
  'MathVerse, vision only',
  (prompt) => versionOf(prompt) === 'Vision Only',
);

function gradeMathVerse(prompt: Prompt, text: string, gradeOptions: GradeOptions) {
  const { verdict, extracted } = gradeAnswer(withQuestion(prompt), text, gradeOptions);
  return { isCorrect: verdict === 'correct', answer: extracted };
}

/** Equal as written, or by the judge. */
async function judgeMathVerse(judge: AnswerJudge, prompt: Prompt, text: string): Promise<Grading> {
  const question = questionOf(prompt);
  const answer = (await judge.read('as it stands there: a letter, a number, a formula', question, text)).trim();
  if (answer === '') return { isCorrect: false };
  const isCorrect = answer === prompt.groundTruth.trim() || (await judge.agree(question, prompt.groundTruth, answer));
  return { isCorrect, answer };
}

const questionOf = ({ question, details }: Prompt) => String(details?.question_for_eval ?? question);

/** The prompt with its question in words and its choices apart, whichever version it is. */
function withQuestion(prompt: Prompt): Prompt {
  const question = questionOf(prompt);
  const [, listed] = question.split(/\nChoices:\s*/);
  const options = listed?.split(/(?:^|\n)[A-Z]\s*[:.]\s*/).slice(1);
  return { ...prompt, question, ...(options && options.length > 1 && { options }) };
}
