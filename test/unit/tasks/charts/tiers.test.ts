import { draftTask } from '../../../../src/tasks/charts/task.ts';
import type { Scene, TaskDraft } from '../../../../src/tasks/charts/tier.ts';
import { TIERS, type TierName } from '../../../../src/tasks/charts/tiers.ts';

const SEEDS = Array.from({ length: 400 }, (_, seed) => seed);
const FORMAT = /^<think>(?<thought>[^<]+)<\/think> <answer>\\boxed\{(?<answer>\d+)\}<\/answer>$/;

const drafts = (tier: TierName) => SEEDS.map((seed) => draftTask(TIERS[tier], seed));

/** Answers a question from the scene alone, by its words. */
function answerByEye(scene: Scene, question: string): number {
  const colours = [...question.matchAll(/\b(red|blue|green|yellow|purple|orange)\b/g)].map(([colour]) => colour);
  if (scene.kind === 'shape-grid') {
    const shape = question.match(/(circle|square|triangle)s/)?.[1];
    return scene.shapes.filter((placed) => placed.colour === colours[0] && placed.shape === shape).length;
  }
  const [first, second] = colours.map((colour) => scene.bars.find((bar) => bar.colour === colour)!.value);
  if (second === undefined) return first;
  if (/sum|Add/.test(question)) return first + second;
  if (/taller|minus/.test(question)) return first - second;
  return first * second;
}

describe.each(Object.keys(TIERS) as TierName[])('tier %s', (tier) => {
  it('asks what the image answers, exactly', () => {
    for (const { scene, question, answer } of drafts(tier)) {
      expect({ question, answer }).toEqual({ question, answer: String(answerByEye(scene, question)) });
    }
  });

  it('is solved by a well-formed response that ends in the answer and mentions every visual fact', () => {
    for (const { solution, answer, annotations } of drafts(tier)) {
      const { thought, answer: boxed } = solution.match(FORMAT)!.groups!;
      expect(boxed).toBe(answer);
      for (const fact of annotations) expect(thought).toContain(fact);
    }
  });
});

describe('charts', () => {
  it('have three bars of different colours and values 1 to 9', () => {
    const charts = drafts('read').flatMap(({ scene }: TaskDraft) => (scene.kind === 'bar-chart' ? [scene] : []));
    expect(charts).toHaveLength(SEEDS.length);
    for (const { bars } of charts) expect(new Set(bars.map((bar) => bar.colour)).size).toBe(3);
    const values = charts.flatMap(({ bars }) => bars.map((bar) => bar.value));
    expect(new Set(values)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });
});

describe('shape grids', () => {
  it('hold 3 to 8 shapes in different cells, and every count 0 to 5 is asked for', () => {
    const counts = drafts('count').map(({ scene, answer }: TaskDraft) => {
      if (scene.kind !== 'shape-grid') throw new Error(`a counting task shows a ${scene.kind}`);
      const cells = scene.shapes.map((shape) => shape.cell);
      expect(new Set(cells).size).toBe(cells.length);
      expect(cells.length).toBeGreaterThanOrEqual(3);
      expect(cells.length).toBeLessThanOrEqual(8);
      return Number(answer);
    });
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });
});

describe('products', () => {
  it('are above every sum of two bars', () => {
    for (const { answer } of drafts('product')) expect(Number(answer)).toBeGreaterThan(18);
  });
});
