import { boxed, formatResponse } from '../response.ts';
import { drawShapeGrid, drawShapeKind } from '../shape-grid.ts';
import type { Tier } from '../tier.ts';

const MAX_COUNT = 5;

/** Counting the shapes of one colour and form; all counts 0..5 are equally frequent. */
export const count: Tier = {
  name: 'count',
  draw(random) {
    const wanted = drawShapeKind(random);
    const total = random.int(MAX_COUNT + 1);
    const scene = drawShapeGrid(random, wanted, total);
    const noun = `${wanted.colour} ${wanted.shape}`;
    const question = random.pick([`How many ${noun}s are there?`, `Count the ${noun}s.`]);
    const answer = String(total);
    const fact = `${answer} ${noun}${total === 1 ? '' : 's'}`;
    return { scene, question, answer, annotations: [fact], solution: formatResponse(`${fact}.`, boxed(answer)) };
  },
};
