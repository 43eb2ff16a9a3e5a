import { drawBarChart } from '../bar-chart.ts';
import { nameBar } from '../bar-pair.ts';
import { boxed, formatResponse } from '../response.ts';
import type { Tier } from '../tier.ts';

/** Reading one bar off the chart. */
export const read: Tier = {
  name: 'read',
  draw(random) {
    const scene = drawBarChart(random);
    const bar = random.pick(scene.bars);
    const question = random.pick([`What is the value of the ${bar.colour} bar?`, `How tall is the ${bar.colour} bar?`]);
    const answer = String(bar.value);
    const fact = nameBar(bar);
    return { scene, question, answer, annotations: [fact], solution: formatResponse(`${fact}.`, boxed(answer)) };
  },
};
