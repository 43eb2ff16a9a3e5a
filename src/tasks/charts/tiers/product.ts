import { draftArithmetic } from '../arithmetic.ts';
import { drawBarPair } from '../bar-pair.ts';
import type { Tier } from '../tier.ts';

/**
 * The least factor: products are above every sum of two bars, so that a policy that adds, or guesses sums, is never
 * right by luck.
 */
const MIN_FACTOR = 6;

/** Multiplying two bars of at least 6: what only an expert can teach, as the base corpus never multiplies. */
export const product: Tier = {
  name: 'product',
  draw(random) {
    const pair = drawBarPair(random, (first, second) => Math.min(first.value, second.value) >= MIN_FACTOR);
    const { first, second } = pair;
    const question = random.pick([
      `What is the product of the ${first.colour} bar and the ${second.colour} bar?`,
      `Multiply the ${first.colour} bar and the ${second.colour} bar.`,
    ]);
    return draftArithmetic(pair, question, '*', first.value * second.value);
  },
};
