import type { Random } from '../../base/random.ts';
import type { Bar } from './bar-chart.ts';
import { type BarPair, drawBarPair, nameBar } from './bar-pair.ts';
import { boxed, formatResponse } from './response.ts';
import type { Operator, TaskDraft } from './tier.ts';
import { wordings } from './wordings.ts';

/**
 * The least factor: products are above every sum of two bars, so that a policy that adds, or guesses sums, is never
 * right by luck.
 */
const MIN_FACTOR = 6;

/** Which bars are joined by an operator. */
export const ACCEPTED: Record<Operator, (first: Bar, second: Bar) => boolean> = {
  '+': () => true,
  '-': (first, second) => first.value > second.value,
  '*': (first, second) => Math.min(first.value, second.value) >= MIN_FACTOR,
};

const RESULT: Record<Operator, (first: number, second: number) => number> = {
  '+': (first, second) => first + second,
  '-': (first, second) => first - second,
  '*': (first, second) => first * second,
};

/** What two bars joined by an operator give. */
export const calculate = (operator: Operator, first: Bar, second: Bar): number =>
  RESULT[operator](first.value, second.value);

/** The task of reading two bars and joining them, of a pair that is drawn for it. */
export function drawArithmetic(random: Random, operator: Operator): TaskDraft {
  const pair: BarPair = drawBarPair(random, ACCEPTED[operator]);
  const { chart, first, second } = pair;
  const asked = { kind: 'arithmetic', operator, first, second } as const;
  const question = random.pick(wordings(asked));
  const annotations = [nameBar(first), nameBar(second)];
  const answer = String(calculate(operator, first, second));
  const thought = `${annotations.join(', ')}, ${first.value} ${operator} ${second.value} = ${answer}.`;
  return { scene: chart, question, asked, answer, annotations, solution: formatResponse(thought, boxed(answer)) };
}
