import { z } from 'zod';
import type { Benchmark } from './benchmark.ts';
import { wordAsVlmEvalKit } from './vlmevalkit-question.ts';

/**
 * MMStar (Chen et al. 2024, arXiv 2403.20330), by the rules of `eval/vlmeval/evaluate/mmstar.py` in MMStar-Benchmark/MMStar: the
 * letter that begins the response, by itself or behind a few openings, in any case. `Because ...` is right where B is.
 */
export const mmstar: Benchmark = {
  name: 'mmstar',
  title: 'MMStar',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    rewards: {},
    word: wordAsVlmEvalKit,
    grade: ({ groundTruth }, text) => {
      const said = plainText(text);
      const answers = OPENINGS.filter((opening) => said.startsWith(opening)).map(({ length }) => said[length]);
      const isCorrect = answers.includes(plainText(groundTruth));
      return { isCorrect, answer: answers.at(-1) };
    },
    categoriesOf: ({ details }) => ({
      category: [String(details?.category ?? 'none')],
      'finer category': [String(details?.l2_category ?? details?.['l2-category'] ?? 'none')],
    }),
  }),
};

const OPENINGS = ['', '(', 'option ', 'the answer is '];

const plainText = (text: string) => text.toLowerCase().trim().replaceAll('\n', ' ');
