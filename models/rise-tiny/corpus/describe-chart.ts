import { drawBarChart } from '../../../src/tasks/charts/bar-chart.ts';
import { nameBar } from '../../../src/tasks/charts/bar-pair.ts';
import { formatResponse } from '../../../src/tasks/charts/response.ts';
import type { Tier } from '../../../src/tasks/charts/tier.ts';

/** Names every bar, left to right. Of the base corpus alone: dense supervision of what the image shows. */
export const describeChart: Tier = {
  name: 'describe',
  draw(random) {
    const scene = drawBarChart(random);
    const annotations = scene.bars.map(nameBar);
    const answer = annotations.join(', ');
    return {
      scene,
      question: 'Describe the chart.',
      answer,
      annotations,
      solution: formatResponse(`${answer}.`, answer),
    };
  },
};
