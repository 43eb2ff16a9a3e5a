import type { Random } from '../../../base/random.ts';
import { ACCEPTED, calculate } from '../arithmetic.ts';
import { type Bar, type BarChart, columnOf, MAX_VALUE } from '../bar-chart.ts';
import type { Asked, Operator, Scene } from '../tier.ts';
import { wordings } from '../wordings.ts';
import { drawAdded, drawUntil, type Problem, type Vary } from './variations.ts';

type Arithmetic = Asked & { kind: 'arithmetic' };

/** Rules for reading one bar. */
export const varyRead: Vary<'read'> = (problem, random, isInSplit) => {
  const { bars } = problem.scene as BarChart;
  const { bar } = problem.asked;
  const others = random.shuffle(bars.filter((other) => other !== bar));
  const isUnique = others.every(({ value }) => value !== bar.value);
  const renumbered = renumber(problem, random, isInSplit, ([changed]) => changed.value, [bar]);
  if (!isUnique || renumbered === undefined) return undefined;
  const added = drawAdded(random);
  return {
    paraphrases: [
      `Which number does the ${bar.colour} bar reach?`,
      `Read the ${bar.colour} bar off the chart.`,
      `What height does the ${bar.colour} bar have?`,
    ],
    intruder: random.pick(wordings(joined('+', others))),
    hidden: { question: problem.question, board: columnOf(bars.indexOf(bar)) },
    fact: tellHeight(others[0]),
    renumbered,
    redefined: {
      question: `In this question, the value of a bar means the number that it reaches plus ${added}. What is the value of the ${bar.colour} bar?`,
      answer: String(bar.value + added),
    },
    step: {
      question: `To read the ${bar.colour} bar, one first finds it. Counted from the left, which number does it have?`,
      answer: String(bars.indexOf(bar) + 1),
    },
    backward: { question: `One bar has the value ${bar.value}. Which colour is it?`, answer: bar.colour },
  };
};

/** Rules for joining two bars. */
export const varyArithmetic: Vary<'arithmetic'> = (problem, random, isInSplit) => {
  const { bars } = problem.scene as BarChart;
  const { operator, first, second } = problem.asked;
  const third = bars.find((bar) => bar !== first && bar !== second)!;
  const renumbered = renumber(problem, random, isInSplit, ([one, other]) => calculate(operator, one, other), [
    first,
    second,
  ]);
  if (readings(operator, bars).size < 2 || renumbered === undefined) return undefined;
  const words = TERMS[operator];
  const [hidden, masked] = [random.pick([first, second]), random.pick([first, second])];
  const step = random.pick([first, second].filter(({ value }) => String(value) !== problem.answer));
  const added = drawAdded(random);
  const expression = words.name(first.colour, second.colour);
  return {
    paraphrases: words.paraphrases(`the ${first.colour} bar`, `the ${second.colour} bar`),
    intruder: random.pick(wordings({ kind: 'read', bar: third })),
    hidden: { question: problem.question, board: columnOf(bars.indexOf(hidden)) },
    fact: tellHeight(third),
    renumbered,
    redefined: {
      question: `In this question, ${words.meaning} plus ${added}. What is ${expression}?`,
      answer: String(Number(problem.answer) + added),
    },
    step: {
      question: `To find ${expression}, one first reads both bars. What is the value of the ${step.colour} bar?`,
      answer: String(step.value),
    },
    backward: {
      question: `The grey board hides the ${masked.colour} bar. It is known that ${expression} is ${problem.answer}. How tall is the ${masked.colour} bar?`,
      answer: String(masked.value),
      board: columnOf(bars.indexOf(masked)),
    },
  };
};

const joined = (operator: Operator, [first, second]: Bar[]): Arithmetic => ({
  kind: 'arithmetic',
  operator,
  first,
  second,
});

const tellHeight = ({ colour, value }: Bar) => `The ${colour} bar is ${value} tall.`;

/**
 * What an operator gives of every pair of bars: whoever does not know the pair, does not know which. "How much taller" also says which
 * of the two is.
 */
const readings = (operator: Operator, bars: readonly Bar[]): ReadonlySet<number> =>
  new Set(
    bars.flatMap((one) =>
      bars
        .filter((other) => other !== one && (operator !== '-' || ACCEPTED['-'](one, other)))
        .map((other) => calculate(operator, one, other)),
    ),
  );

/** The chart with other values for its bars, for the same question. */
function renumber(
  { scene, answer, asked }: Problem,
  random: Random,
  isInSplit: (scene: Scene) => boolean,
  answerOf: (named: readonly Bar[]) => number,
  named: readonly Bar[],
): { scene: Scene; answer: string } | undefined {
  const { bars } = scene as BarChart;
  const draw = (): BarChart => ({
    kind: 'bar-chart',
    bars: bars.map(({ colour }) => ({ colour, value: 1 + random.int(MAX_VALUE) })),
  });
  const inDrawn = (drawn: BarChart) => named.map((bar) => drawn.bars[bars.indexOf(bar)]);
  const isAsked = ([first, second]: Bar[]) => asked.kind !== 'arithmetic' || ACCEPTED[asked.operator](first, second);
  const drawn = drawUntil(draw, (one) => {
    return isAsked(inDrawn(one)) && String(answerOf(inDrawn(one))) !== answer && isInSplit(one);
  });
  return drawn && { scene: drawn, answer: String(answerOf(inDrawn(drawn))) };
}

/** How an operator is spoken of. */
interface Terms {
  name(first: string, second: string): string;
  /** That it means its usual result, to which is added. */
  meaning: string;
  paraphrases(one: string, other: string): string[];
}

const TERMS: Record<Operator, Terms> = {
  '+': {
    name: (first, second) => `the sum of the ${first} bar and the ${second} bar`,
    meaning: 'the sum of two numbers means their usual sum',
    paraphrases: (one, other) => [
      `How much are ${one} and ${other} together?`,
      `What do ${one} and ${other} come to in total?`,
      `Put ${one} on top of ${other}. How tall are they now?`,
    ],
  },
  '-': {
    name: (first, second) => `the ${first} bar minus the ${second} bar`,
    meaning: 'a number minus another means their usual difference',
    paraphrases: (one, other) => [
      `By how much does ${one} exceed ${other}?`,
      `How much shorter is ${other} than ${one}?`,
      `Take ${other} away from ${one}. How much is left?`,
    ],
  },
  '*': {
    name: (first, second) => `the product of the ${first} bar and the ${second} bar`,
    meaning: 'the product of two numbers means their usual product',
    paraphrases: (one, other) => [
      `What is ${one} times ${other}?`,
      `How much is ${one} multiplied by ${other}?`,
      `A rectangle is as wide as ${one} and as high as ${other}. What is its area?`,
    ],
  },
};
