import { createRandom, type Random } from '../../../base/random.ts';
import { deriveSeed } from '../../../base/seeds.ts';
import { type Dimension, type Inquiry, UNSOLVABLE } from '../../../schema/inquiry.ts';
import type { Task } from '../../family.ts';
import { type Box, fillRect, type Rgb } from '../raster.ts';
import { boxed, formatResponse } from '../response.ts';
import { draftTask, renderScene, taskId } from '../task.ts';
import type { Asked, Scene, TaskDraft, Tier } from '../tier.ts';
import { wordings } from '../wordings.ts';
import { shuffleWords } from './shuffle-words.ts';
import { drawUntil, type Problem, type Variations } from './variations.ts';
import { varyArithmetic, varyRead } from './vary-bars.ts';
import { varyCount } from './vary-shapes.ts';

/** Nothing else in a picture has this colour. */
const BOARD: Rgb = [150, 150, 150];

/** An inquiry before its image is rendered. */
export interface InquiryDraft {
  dimension: Dimension;
  question: string;
  scene: Scene;
  /** What a grey board hides. */
  board?: Box;
  answer: string | typeof UNSOLVABLE;
}

/**
 * The nine inquiries of CogMath about a drawn problem, each with the right answer by the scene itself. Undefined where one of them
 * would not be exact: where what is left out can be guessed from the rest, or a changed problem has the same answer.
 */
export function inquire(
  tier: Tier,
  draft: TaskDraft,
  isInSplit: (scene: Scene) => boolean,
): InquiryDraft[] | undefined {
  const problem = draft as Problem;
  const random = createRandom(deriveSeed('inquiries', taskId(tier, problem)));
  const variations = vary(problem, random, isInSplit);
  const analogue = drawAnalogue(tier, problem, isInSplit);
  if (variations === undefined || analogue === undefined) return undefined;
  const { scene, question, answer, asked } = problem;
  const { hidden, renumbered, redefined, step, backward } = variations;
  const paraphrases = [...wordings(asked), ...variations.paraphrases].filter((other) => other !== question);
  const shuffled = shuffleWords([question, variations.intruder], random);
  return [
    { dimension: 1, scene, question: random.pick(paraphrases), answer },
    { dimension: 2, scene, question: shuffled, answer: UNSOLVABLE },
    { dimension: 3, scene, ...hidden, answer: UNSOLVABLE },
    { dimension: 4, scene, question: `${variations.fact} ${question}`, answer },
    { dimension: 5, scene: analogue.scene, question: analogue.question, answer: analogue.answer },
    { dimension: 6, question, ...renumbered },
    { dimension: 7, scene, ...redefined },
    { dimension: 8, scene, ...step },
    { dimension: 9, scene, ...backward },
  ];
}

function vary(problem: Problem, random: Random, isInSplit: (scene: Scene) => boolean): Variations | undefined {
  const { asked } = problem;
  switch (asked.kind) {
    case 'read':
      return varyRead({ ...problem, asked }, random, isInSplit);
    case 'arithmetic':
      return varyArithmetic({ ...problem, asked }, random, isInSplit);
    case 'count':
      return varyCount({ ...problem, asked }, random, isInSplit);
  }
}

/** Another problem of the tier, about other things, with another answer. */
function drawAnalogue(tier: Tier, problem: Problem, isInSplit: (scene: Scene) => boolean): TaskDraft | undefined {
  const id = taskId(tier, problem);
  let draw = 0;
  return drawUntil(
    () => draftTask(tier, deriveSeed('analogue', id, draw++)),
    ({ asked, answer, scene }) =>
      namesOf(asked!) !== namesOf(problem.asked) && answer !== problem.answer && isInSplit(scene),
  );
}

/** What a question names, in whichever order. */
const namesOf = (asked: Asked): string => {
  if (asked.kind === 'count') return `${asked.wanted.colour} ${asked.wanted.shape}`;
  const bars = asked.kind === 'read' ? [asked.bar] : [asked.first, asked.second];
  return bars
    .map(({ colour }) => colour)
    .toSorted()
    .join();
};

/** The problem and its nine inquiries as tasks, the problem first. */
export function finishInquiries(problem: Task, inquiries: readonly InquiryDraft[]): Task[] {
  const { promptId, tier, answer: originalAnswer } = problem;
  const detailsOf = (inquiry: Pick<Inquiry, 'dimension' | 'expects'>) => ({
    cogmath: { problem: promptId, ...inquiry, originalAnswer },
  });
  const own = inquiries.map(({ dimension, question, scene, board, answer }): Task => {
    const expects = answer === UNSOLVABLE ? 'refusal' : 'answer';
    return {
      promptId: `${promptId}-dimension-${dimension}`,
      ...{ tier, question, answer, annotations: [] },
      solution: formatResponse(`${answer}.`, boxed(answer)),
      images: [renderBehind(scene, board)],
      details: detailsOf({ dimension, expects }),
    };
  });
  return [{ ...problem, details: detailsOf({ dimension: 0, expects: 'answer' }) }, ...own];
}

/** A scene of which a grey board hides a part. */
export function renderBehind(scene: Scene, board?: Box) {
  const image = renderScene(scene);
  if (board) fillRect(image, board.left, board.top, board.width, board.height, BOARD);
  return image;
}
