import { drawBarChart } from '../bar-chart.ts';
import { nameBar } from '../bar-pair.ts';
import { boxed, formatResponse } from '../response.ts';
import type { Tier } from '../tier.ts';
import { wordings } from '../wordings.ts';

/** Reading one bar off the chart. */
export const read: Tier = {
  name: 'read',
  draw(random) {
    const scene = drawBarChart(random);
    const asked = { kind: 'read', bar: random.pick(scene.bars) } as const;
    const question = random.pick(wordings(asked));
    const answer = String(asked.bar.value);
    const fact = nameBar(asked.bar);
    return { scene, question, asked, answer, annotations: [fact], solution: formatResponse(`${fact}.`, boxed(answer)) };
  },
};
