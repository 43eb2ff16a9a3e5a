import type { Random } from '../../base/random.ts';
import { type Bar, type BarChart, drawBarChart } from './bar-chart.ts';

/** A chart and two of its bars, in the order a question names them. */
export interface BarPair {
  chart: BarChart;
  first: Bar;
  second: Bar;
}

/** Draws charts and pairs until one is accepted. */
export function drawBarPair(random: Random, isAccepted: (first: Bar, second: Bar) => boolean): BarPair {
  for (;;) {
    const chart = drawBarChart(random);
    const [first, second] = random.shuffle(chart.bars);
    if (isAccepted(first, second)) return { chart, first, second };
  }
}

/** A bar as annotations and solutions word it: `red 7`. */
export function nameBar(bar: Bar): string {
  return `${bar.colour} ${bar.value}`;
}
