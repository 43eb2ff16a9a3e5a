import { boxed, formatResponse } from '../../../src/tasks/charts/response.ts';
import { drawShapeGrid, drawShapeKind } from '../../../src/tasks/charts/shape-grid.ts';
import type { Tier } from '../../../src/tasks/charts/tier.ts';

const MAX_ALIKE = 3;

/** Names every shape, row by row, and says how many there are. Of the base corpus alone: it teaches colours and forms. */
export const listShapes: Tier = {
  name: 'list',
  draw(random) {
    const scene = drawShapeGrid(random, drawShapeKind(random), random.int(MAX_ALIKE + 1));
    const annotations = scene.shapes.map(({ colour, shape }) => `${colour} ${shape}`);
    const answer = String(scene.shapes.length);
    return {
      scene,
      question: 'How many shapes are there?',
      answer,
      annotations,
      solution: formatResponse(`${annotations.join(', ')}.`, boxed(answer)),
    };
  },
};
