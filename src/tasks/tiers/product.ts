import { draftArithmetic } from '../arithmetic.ts';
import { drawBarPair } from '../bar-pair.ts';
import type { Tier } from '../tier.ts';

const MIN_FACTOR = 4;
/** Above every sum of two bars, so that a policy that adds, or guesses sums, is never right by luck. */
const MIN_PRODUCT = 19;

/**
 * Multiplies two bars: what only an expert can teach, as the base corpus never multiplies.
 * Both factors are at least 4 and their product at least 19.
 */
export const product: Tier = {
  name: 'product',
  draw(random) {
    const pair = drawBarPair(
      random,
      (first, second) => Math.min(first.value, second.value) >= MIN_FACTOR && first.value * second.value >= MIN_PRODUCT,
    );
    const { first, second } = pair;
    const question = random.pick([
      `What is the product of the ${first.colour} bar and the ${second.colour} bar?`,
      `Multiply the ${first.colour} bar and the ${second.colour} bar.`,
    ]);
    return draftArithmetic(pair, question, '*', first.value * second.value);
  },
};
