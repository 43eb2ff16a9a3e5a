import { z } from 'zod';
import type { Reward } from './reward.ts';

const NGRAM_WORDS = 20;

/**
 * Repetition penalty, `-2 (1 - unique / total)` over lower-cased word 20-grams; 0 for a response without any.
 * In [-2, 0]. Source: Perception-R1, arXiv 2506.07218.
 */
export function computeRepetitionPenalty(response: string): number {
  const words = response.toLowerCase().split(/\s+/).filter(Boolean);
  const total = words.length - NGRAM_WORDS + 1;
  if (total <= 0) return 0;
  const ngrams = new Set(
    Array.from({ length: total }, (_, start) => words.slice(start, start + NGRAM_WORDS).join(' ')),
  );
  return ngrams.size === total ? 0 : -2 * (1 - ngrams.size / total);
}

export const repetition: Reward = {
  name: 'repetition',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    score(_, { text }) {
      const value = computeRepetitionPenalty(text);
      const share = (-value / 2).toFixed(3);
      return { value, evidence: value === 0 ? 'no 20-gram repeats' : `share of repeated 20-grams ${share}` };
    },
  }),
};
