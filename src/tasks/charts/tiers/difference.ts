import { draftArithmetic } from '../arithmetic.ts';
import { drawBarPair } from '../bar-pair.ts';
import type { Tier } from '../tier.ts';

/** Subtracting a bar from a taller one. */
export const difference: Tier = {
  name: 'difference',
  draw(random) {
    const pair = drawBarPair(random, (first, second) => first.value > second.value);
    const { first, second } = pair;
    const question = random.pick([
      `How much taller is the ${first.colour} bar than the ${second.colour} bar?`,
      `What is the ${first.colour} bar minus the ${second.colour} bar?`,
    ]);
    return draftArithmetic(pair, question, '-', first.value - second.value);
  },
};
