import { z } from 'zod';
import type { Prompt } from '../schema/prompt.ts';
import type { Benchmark } from './benchmark.ts';
import { demandDetail } from './demand-detail.ts';
import { measurePasses, type Pass } from './measure-passes.ts';
import { wordPrompt } from './word-prompt.ts';
import { writeOptions } from './write-options.ts';

/**
 * We-Math (Qiao et al. 2024, arXiv 2407.01284), by the rules of `evaluation/` in We-Math/We-Math: problems of two or three steps,
 * each step asked for by itself too. Shares are of the problems that have an answer to their first step: 525 in testmini.
 */
export const weMath: Benchmark = {
  name: 'we-math',
  title: 'We-Math',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    rewards: {},
    word: (prompt) => wordPrompt(prompt, wordQuestion(prompt)),
    grade: ({ groundTruth }, text) => {
      const answer = extractLetter(text);
      return { isCorrect: answer === groundTruth, answer };
    },
    categoriesOf: (prompt): Record<string, string[]> => {
      const [steps, part] = keyOf(prompt);
      if (part === 'multi') return { steps: [steps] };
      return { steps: ['1'], 'knowledge concept': [String(prompt.details?.['knowledge concept'] ?? 'none')] };
    },
    measure: (graded) => measurePasses(graded, measureMastery),
  }),
};

function wordQuestion({ question, options = [] }: Prompt): string {
  return [
    'Now, we require you to solve a multiple-choice math question.',
    'Please briefly describe your thought process and provide the final answer(option).',
    `Question: ${question}`,
    `Option: ${writeOptions(options, (letter, option) => `${letter}. ${option}`).join('; ')}`,
    'Regarding the format, please answer following the template below, and be sure to include two <> symbols:',
    '<Thought process>: <<your thought process>> <Answer>: <<your option>>',
  ].join('\n');
}

/** The letter that begins what stands behind the last `Answer`, without brackets, colons and full stops. */
const extractLetter = (text: string) =>
  /^[A-H]/.exec(
    text
      .split('Answer')
      .at(-1)!
      .trim()
      .replace(/[<>:.]/g, '')
      .trim(),
  )?.[0];

/** `2steps_1` as `['2', '1']`, `3steps_multi` as `['3', 'multi']`. */
const keyOf = (prompt: Prompt): [steps: string, part: string] => {
  const [steps, part = ''] = demandDetail(prompt, 'key', 'we-math').split('steps_');
  return [steps, part];
};

/** How a problem went: its steps, and the whole; undefined where there is no answer. */
interface Problem {
  steps: (boolean | undefined)[];
  whole?: boolean;
}

/** Problems by the steps that they have and their ID, those without a first step left out. */
function gatherProblems(answers: Pass): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [prompt, { isCorrect }] of answers) {
    const [steps, part] = keyOf(prompt);
    const id = `${steps}-${demandDetail(prompt, 'ID', 'we-math')}`;
    const problem = problems.get(id) ?? { steps: Array.from({ length: Number(steps) }) };
    problems.set(id, problem);
    if (part === 'multi') problem.whole = isCorrect;
    else problem.steps[Number(part) - 1] = isCorrect;
  }
  return [...problems.values()].filter(({ steps: [first] }) => first !== undefined);
}

/**
 * Shares of problems: insufficient knowledge (the whole and a step wrong), inadequate generalization (the whole wrong, all steps
 * right), complete mastery (all right; loose: the whole and a step), rote memorization (the whole right and a step wrong; loose: all
 * steps), the last as a share of problems whose whole is right for either of these. The score takes off what was not understood.
 */
function measureMastery(answers: Pass): Record<string, number> {
  const problems = gatherProblems(answers);
  const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
  const countOf = (is: (problem: Problem) => boolean) => problems.filter(is).length;
  const every = (value: boolean) => (problem: Problem) => problem.steps.every((step) => step === value);
  const some = (value: boolean) => (problem: Problem) => problem.steps.some((step) => step === value);
  const whole = (value: boolean, steps: (problem: Problem) => boolean) =>
    countOf((problem) => problem.whole === value && steps(problem));
  const [ignorant, narrow] = [whole(false, some(false)), whole(false, every(true))];
  const describe = (kind: string, mastered: number, rote: number) => ({
    [`score (${kind})`]: share(problems.length - narrow / 2 - rote - ignorant, problems.length),
    [`complete mastery (${kind})`]: share(mastered, problems.length),
    [`rote memorization (${kind})`]: share(rote, rote + mastered),
  });
  return {
    ...describe('strict', whole(true, every(true)), whole(true, some(false))),
    ...describe('loose', whole(true, some(true)), whole(true, every(false))),
    'insufficient knowledge': share(ignorant, problems.length),
    'inadequate generalization': share(narrow, problems.length),
  };
}
