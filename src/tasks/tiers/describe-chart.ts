import { drawBarChart } from '../bar-chart.ts';
import { nameBar } from '../bar-pair.ts';
import { formatResponse } from '../response.ts';
import type { Tier } from '../tier.ts';

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
