import { boxed, formatResponse } from '../response.ts';
import { drawShapeGrid, drawShapeKind } from '../shape-grid.ts';
import type { Tier } from '../tier.ts';
import { nounOf, wordings } from '../wordings.ts';

export const MAX_COUNT = 5;

/** Counting the shapes of one colour and form; all counts 0..5 are equally frequent. */
export const count: Tier = {
  name: 'count',
  draw(random) {
    const asked = { kind: 'count', wanted: drawShapeKind(random) } as const;
    const total = random.int(MAX_COUNT + 1);
    const scene = drawShapeGrid(random, asked.wanted, total);
    const question = random.pick(wordings(asked));
    const answer = String(total);
    const fact = `${answer} ${nounOf(asked.wanted)}${total === 1 ? '' : 's'}`;
    return { scene, question, asked, answer, annotations: [fact], solution: formatResponse(`${fact}.`, boxed(answer)) };
  },
};
