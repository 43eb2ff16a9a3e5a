import { draftArithmetic } from '../arithmetic.ts';
import { drawBarPair } from '../bar-pair.ts';
import type { Tier } from '../tier.ts';

/** Adding two bars. */
export const sum: Tier = {
  name: 'sum',
  draw(random) {
    const pair = drawBarPair(random, () => true);
    const { first, second } = pair;
    const question = random.pick([
      `What is the sum of the ${first.colour} bar and the ${second.colour} bar?`,
      `Add the ${first.colour} bar and the ${second.colour} bar.`,
    ]);
    return draftArithmetic(pair, question, '+', first.value + second.value);
  },
};
