import { drawBarChart } from '../bar-chart.ts';
import { boxed, formatResponse } from '../response.ts';
import type { Tier } from '../tier.ts';

/** Reads one bar off the chart. */
export const read: Tier = {
  name: 'read',
  draw(random) {
    const scene = drawBarChart(random);
    const { colour, value } = random.pick(scene.bars);
    const question = random.pick([`What is the value of the ${colour} bar?`, `How tall is the ${colour} bar?`]);
    const answer = String(value);
    const fact = `The ${colour} bar is ${answer}`;
    return { scene, question, answer, annotations: [fact], solution: formatResponse(`${fact}.`, boxed(answer)) };
  },
};
