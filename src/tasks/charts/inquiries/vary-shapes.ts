import type { Random } from '../../../base/random.ts';
import { COLOUR_NAMES } from '../colours.ts';
import {
  CELLS_PER_SIDE,
  drawShapeGrid,
  drawShapeKind,
  type PlacedShape,
  rowOf,
  SHAPES,
  type ShapeGrid,
  type ShapeKind,
} from '../shape-grid.ts';
import type { Scene } from '../tier.ts';
import { MAX_COUNT } from '../tiers/count.ts';
import { nounOf, wordings } from '../wordings.ts';
import { drawAdded, drawUntil, type Problem, type Vary } from './variations.ts';

/** Rules for counting shapes of one colour and form. */
export const varyCount: Vary<'count'> = (problem, random, isInSplit) => {
  const { shapes } = problem.scene as ShapeGrid;
  const { wanted } = problem.asked;
  const intruder = drawIntruder(shapes, wanted, random);
  const renumbered = renumber(problem, wanted, random, isInSplit);
  if (intruder === undefined || renumbered === undefined) return undefined;
  const noun = nounOf(wanted);
  const added = drawAdded(random);
  const row = drawRow(shapes, wanted, random);
  const behind = shapes.filter((shape) => isOf(wanted)(shape) && rowOfCell(shape) === row).length;
  return {
    paraphrases: [
      `What is the number of ${noun}s?`,
      `How often does a ${noun} appear?`,
      `Find every ${noun}. How many do you find?`,
    ],
    intruder: random.pick(wordings({ kind: 'count', wanted: intruder })),
    hidden: {
      question: `The grey board may hide some shapes. How many ${noun}s are there in all, with those behind the board?`,
      board: rowOf(row),
    },
    fact: tellCount(shapes, drawOther(wanted, random)),
    renumbered,
    redefined: {
      question: `In this question, the number of things means how many there are plus ${added}. What is the number of ${noun}s?`,
      answer: String(Number(problem.answer) + added),
    },
    step: {
      question: `To count the ${noun}s, one may first count all ${wanted.shape}s. How many ${wanted.shape}s are there, of any colour?`,
      answer: String(shapes.filter(({ shape }) => shape === wanted.shape).length),
    },
    backward: {
      question: `The grey board may hide some shapes. The number of ${noun}s in all is ${problem.answer}. How many ${noun}s are behind the board?`,
      answer: String(behind),
      board: rowOf(row),
    },
  };
};

const isOf = (kind: ShapeKind) => (shape: ShapeKind) => shape.colour === kind.colour && shape.shape === kind.shape;
const countOf = (shapes: readonly ShapeKind[], kind: ShapeKind) => shapes.filter(isOf(kind)).length;
const rowOfCell = ({ cell }: PlacedShape) => Math.floor(cell / CELLS_PER_SIDE);

/** A row to hide: one with a wanted shape where there is one. */
function drawRow(shapes: readonly PlacedShape[], wanted: ShapeKind, random: Random): number {
  const rows = [...new Set(shapes.filter(isOf(wanted)).map(rowOfCell))];
  return rows.length > 0 ? random.pick(rows) : random.int(CELLS_PER_SIDE);
}

/** A kind of another colour. */
const drawOther = (wanted: ShapeKind, random: Random): ShapeKind =>
  drawUntil(
    () => drawShapeKind(random),
    ({ colour }) => colour !== wanted.colour,
  )!;

/**
 * A kind of another colour and another form. Its words and those of the wanted one also ask for the two kinds crossed, and the
 * counts of these are other ones.
 */
function drawIntruder(shapes: readonly PlacedShape[], wanted: ShapeKind, random: Random): ShapeKind | undefined {
  const countsOf = (...kinds: ShapeKind[]) =>
    kinds
      .map((kind) => countOf(shapes, kind))
      .toSorted()
      .join();
  const candidates = COLOUR_NAMES.flatMap((colour) => SHAPES.map((shape) => ({ colour, shape })));
  const exact = candidates.filter((other) => {
    if (other.colour === wanted.colour || other.shape === wanted.shape) return false;
    const crossed = [
      { colour: wanted.colour, shape: other.shape },
      { colour: other.colour, shape: wanted.shape },
    ];
    return countsOf(wanted, other) !== countsOf(...crossed);
  });
  return exact.length === 0 ? undefined : random.pick(exact);
}

function tellCount(shapes: readonly ShapeKind[], kind: ShapeKind): string {
  const count = countOf(shapes, kind);
  return count === 1 ? `There is 1 ${nounOf(kind)}.` : `There are ${count} ${nounOf(kind)}s.`;
}

/** Another grid with another count of the wanted kind. */
function renumber(
  { answer }: Problem,
  wanted: ShapeKind,
  random: Random,
  isInSplit: (scene: Scene) => boolean,
): { scene: Scene; answer: string } | undefined {
  const draw = () => {
    const count = random.int(MAX_COUNT + 1);
    return { scene: drawShapeGrid(random, wanted, count), answer: String(count) };
  };
  return drawUntil(draw, (drawn) => drawn.answer !== answer && isInSplit(drawn.scene));
}
