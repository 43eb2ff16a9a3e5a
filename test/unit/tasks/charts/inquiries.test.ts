import { hashJson } from '../../../../src/base/hash.ts';
import type { Bar, BarChart } from '../../../../src/tasks/charts/bar-chart.ts';
import { type InquiryDraft, inquire, renderBehind } from '../../../../src/tasks/charts/inquiries/inquire.ts';
import { wordsOf } from '../../../../src/tasks/charts/inquiries/shuffle-words.ts';
import type { ShapeGrid } from '../../../../src/tasks/charts/shape-grid.ts';
import { splitOf } from '../../../../src/tasks/charts/split.ts';
import { draftTask } from '../../../../src/tasks/charts/task.ts';
import type { Scene, TaskDraft } from '../../../../src/tasks/charts/tier.ts';
import { TIERS, type TierName } from '../../../../src/tasks/charts/tiers.ts';
import { drawTasks } from '../../../../src/tasks/index.ts';

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);
const COLOURS = ['red', 'blue', 'green', 'yellow', 'purple', 'orange'];
const FORMS = ['circle', 'square', 'triangle'];

interface Case {
  problem: TaskDraft;
  of: (dimension: number) => InquiryDraft;
}

/** Problems of a tier with their inquiries, as far as they have nine exact ones. */
const casesOf = (tier: TierName): Case[] =>
  SEEDS.flatMap((seed) => {
    const problem = draftTask(TIERS[tier], seed);
    const split = splitOf(problem.scene);
    const inquiries = inquire(TIERS[tier], problem, (scene) => splitOf(scene) === split);
    return inquiries ? [{ problem, of: (dimension) => inquiries[dimension - 1] }] : [];
  });

const TIER_NAMES = Object.keys(TIERS) as TierName[];
const CASES = new Map(TIER_NAMES.map((tier) => [tier, casesOf(tier)]));
const ALL = [...CASES.values()].flat();

// The reader: solves a question by its words and the scene, written apart from the rules.

const barsOf = (scene: Scene): Bar[] => (scene as BarChart).bars;
const heightOf = (scene: Scene, colour: string) => barsOf(scene).find((bar) => bar.colour === colour)!.value;
const countIn = (scene: Scene, colour: string, form: string) =>
  (scene as ShapeGrid).shapes.filter((shape) => shape.colour === colour && shape.shape === form).length;

/** Every question that the tiers ask of a scene, with its answer. */
function questionsAbout(scene: Scene): { words: string[]; answer: number; form: string }[] {
  const put = (form: string, answer: number, ...texts: string[]) =>
    texts.map((text) => ({ words: wordsOf(text).toSorted(), answer, form }));
  if (scene.kind === 'shape-grid') {
    return COLOURS.flatMap((colour) =>
      FORMS.flatMap((form) =>
        put(
          'count',
          countIn(scene, colour, form),
          `How many ${colour} ${form}s are there?`,
          `Count the ${colour} ${form}s.`,
        ),
      ),
    );
  }
  const reads = scene.bars.flatMap(({ colour, value }) =>
    put('read', value, `What is the value of the ${colour} bar?`, `How tall is the ${colour} bar?`),
  );
  const pairs = scene.bars.flatMap((a) => scene.bars.filter((b) => b !== a).map((b) => [a, b]));
  const joined = pairs.flatMap(([a, b]) => {
    const [one, other] = [`the ${a.colour} bar`, `the ${b.colour} bar`];
    return [
      ...put('sum', a.value + b.value, `What is the sum of ${one} and ${other}?`, `Add ${one} and ${other}.`),
      ...(a.value > b.value
        ? put(
            'difference',
            a.value - b.value,
            `How much taller is ${one} than ${other}?`,
            `What is ${one} minus ${other}?`,
          )
        : []),
      ...put(
        'product',
        a.value * b.value,
        `What is the product of ${one} and ${other}?`,
        `Multiply ${one} and ${other}.`,
      ),
    ];
  });
  return [...reads, ...joined];
}

/** What a question of a tier's own words asks, solved. */
function solve(question: string, scene: Scene): number {
  const words = wordsOf(question).toSorted().join(' ');
  const inOrder = question.match(/the (\w+) bar/g)?.map((name) => name.split(' ')[1]) ?? [];
  if (/minus|taller/.test(question)) return heightOf(scene, inOrder[0]) - heightOf(scene, inOrder[1]);
  return questionsAbout(scene).find((known) => known.words.join(' ') === words)!.answer;
}

/** Removes words from a multiset; undefined where one is not in it. */
function without(words: readonly string[], taken: readonly string[]): string[] | undefined {
  const left = [...words];
  for (const word of taken) {
    const at = left.indexOf(word);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  return left;
}

describe('inquiries about charts', () => {
  it('are nine of most problems', () => {
    for (const [tier, cases] of CASES) expect([tier, cases.length > SEEDS.length / 2]).toEqual([tier, true]);
    for (const { of } of ALL) {
      expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map((dimension) => of(dimension).dimension)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
    }
  });

  it('1: ask the same of the same picture in other words', () => {
    for (const { problem, of } of ALL) {
      const { question, scene, answer } = of(1);
      expect(question).not.toBe(problem.question);
      expect([scene, answer]).toEqual([problem.scene, problem.answer]);
      for (const name of problem.question.match(new RegExp(COLOURS.join('|'), 'g'))!) expect(question).toContain(name);
    }
  });

  it('2: are words of which other questions with other answers are made as well', () => {
    for (const { problem, of } of ALL) {
      const { question, scene } = of(2);
      const words = wordsOf(question);
      const questions = questionsAbout(scene);
      const asked = questions.filter(
        ({ words: own }) => own.join(' ') === wordsOf(problem.question).toSorted().join(' '),
      );
      const readings = questions.flatMap((one) => {
        const rest = without(words, one.words)?.toSorted().join(' ');
        return questions
          .filter((other) => other.words.join(' ') === rest && one.form === asked[0].form)
          .map((other) => (one.form === 'count' ? [one.answer, other.answer].toSorted().join() : String(one.answer)));
      });
      expect(new Set(readings).size).toBeGreaterThan(1);
      const run = wordsOf(problem.question);
      const kept = run.slice(2).filter((_, at) => words.join(' ').includes(run.slice(at, at + 3).join(' ')));
      expect(kept).toEqual([]);
    }
  });

  it('3: look the same in a world with another answer', () => {
    for (const { problem, of } of ALL) {
      const answers = worldsAlike(of(3)).map((world) => {
        return world.kind === 'bar-chart' ? solve(of(3).question, world) : countAsked(of(3).question, world);
      });
      expect(answers.filter((answer) => String(answer) !== problem.answer)).not.toEqual([]);
    }
  });

  it('4: tell something true that the answer does not depend on', () => {
    for (const { problem, of } of ALL) {
      const { question, scene, answer } = of(4);
      expect([scene, answer]).toEqual([problem.scene, problem.answer]);
      const [fact, rest] = [question.slice(0, -problem.question.length), question.slice(-problem.question.length)];
      expect(rest).toBe(problem.question);
      const bar = /The (\w+) bar is (\d) tall/.exec(fact);
      const shape = /There (?:is|are) (\d) (\w+) (circle|square|triangle)s?\./.exec(fact);
      if (bar) expect(heightOf(scene, bar[1])).toBe(Number(bar[2]));
      else expect(countIn(scene, shape![2], shape![3])).toBe(Number(shape![1]));
      expect(problem.question).not.toContain(bar ? bar[1] : `${shape![2]} `);
    }
  });

  it('5 and 6: are other problems of the tier with other answers, in the same split', () => {
    for (const { problem, of } of ALL) {
      for (const { question, scene, answer } of [of(5), of(6)]) {
        expect(solve(question, scene)).toBe(Number(answer));
        expect(answer).not.toBe(problem.answer);
        expect(splitOf(scene)).toBe(splitOf(problem.scene));
      }
      expect(of(6).question).toBe(problem.question);
    }
  });

  it('7: give more by a redefined word', () => {
    for (const { problem, of } of ALL) {
      const added = Number(/plus (\d)/.exec(of(7).question)![1]);
      expect(Number(of(7).answer)).toBe(Number(problem.answer) + added);
      expect(added).toBeGreaterThan(0);
    }
  });

  it('8: ask for a step', () => {
    for (const { of } of ALL) {
      const { question, scene, answer } = of(8);
      const height = /value of the (\w+) bar/.exec(question);
      const place = /read the (\w+) bar/.exec(question);
      const form = /How many (\w+)s are there, of any/.exec(question);
      const right = height
        ? heightOf(scene, height[1])
        : place
          ? 1 + barsOf(scene).findIndex(({ colour }) => colour === place[1])
          : COLOURS.reduce((sum, colour) => sum + countIn(scene, colour, form![1]), 0);
      expect(Number(answer)).toBe(right);
    }
  });

  it('9: have one answer in all worlds that look the same and agree with what is given', () => {
    for (const { of } of ALL) {
      const answers = worldsAlike(of(9)).flatMap((world) => answersBackward(of(9), world));
      expect(new Set(answers)).toEqual(new Set([of(9).answer]));
    }
  });

  it('are the same for the same problem', () => {
    const source = {
      kind: 'tasks',
      family: 'chart-inquiries',
      split: 'evaluation',
      seed: 3,
      tiers: { sum: 10, count: 10 },
    } as const;
    const tasks = drawTasks(source);
    expect(hashJson(tasks)).toBe(hashJson(drawTasks(source)));
    expect(tasks.map(({ details }) => details!.cogmath)).toMatchObject(
      [0, 10].flatMap((first) =>
        Array.from({ length: 10 }, (_, dimension) => ({ dimension, problem: tasks[first].promptId })),
      ),
    );
    expect(new Set(tasks.map(({ promptId }) => promptId)).size).toBe(20);
  });

  it('come ten a problem', () => {
    const source = {
      kind: 'tasks',
      family: 'chart-inquiries',
      split: 'evaluation',
      seed: 3,
      tiers: { sum: 15 },
    } as const;
    expect(() => drawTasks(source)).toThrow("tier 'sum' asks for 15 prompts; ask for a multiple of 10");
  });
});

/** The scene and others that look like it behind its board: one bar is another, or what one cell holds. */
function worldsAlike({ scene, board, question }: InquiryDraft): Scene[] {
  const seen = Buffer.from(renderBehind(scene, board).data);
  const isLike = (world: Scene) => seen.equals(renderBehind(world, board).data);
  return [scene, ...worldsBeside(scene, question).filter(isLike)];
}

function worldsBeside(scene: Scene, question: string): Scene[] {
  if (scene.kind === 'bar-chart') {
    const heights = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const withHeight = (bar: Bar, value: number) =>
      scene.bars.map((other) => (other === bar ? { ...bar, value } : other));
    return scene.bars.flatMap((bar) => heights.map((value) => ({ ...scene, bars: withHeight(bar, value) })));
  }
  return Array.from({ length: 16 }, (_, cell) => cell).flatMap((cell) => {
    const others = scene.shapes.filter((shape) => shape.cell !== cell);
    const filled = [...kindsIn(question), ...scene.shapes].map(({ colour, shape }) => [
      ...others,
      { colour, shape, cell },
    ]);
    return [others, ...filled].map((shapes) => ({ ...scene, shapes }) as ShapeGrid);
  });
}

/** The kind of shape that a question names, where it names one. */
const kindsIn = (question: string) =>
  [...question.matchAll(new RegExp(`(${COLOURS.join('|')}) (${FORMS.join('|')})`, 'g'))]
    .slice(0, 1)
    .map(([, colour, shape]) => ({ colour, shape }));

function countAsked(question: string, scene: ShapeGrid): number {
  const [{ colour, shape }] = kindsIn(question);
  return countIn(scene, colour, shape);
}

/** The answer to a backward question in a world, where the world agrees with what the question says. */
function answersBackward({ question, board }: InquiryDraft, scene: Scene): string[] {
  if (scene.kind === 'shape-grid') {
    const behind = scene.shapes.filter(({ cell }) => Math.floor(cell / 4) === board!.top / 28);
    const isAgreed = countAsked(question, scene) === Number(/in all is (\d)/.exec(question)![1]);
    return isAgreed ? [String(countAsked(question, { ...scene, shapes: behind }))] : [];
  }
  const value = /has the value (\d)/.exec(question);
  if (value) return scene.bars.filter((bar) => bar.value === Number(value[1])).map(({ colour }) => colour);
  const [, what, given] = /known that (.*) is (\d+)\./.exec(question)!;
  const [one, other] = what.match(/the (\w+) bar/g)!.map((name) => heightOf(scene, name.split(' ')[1]));
  const result = what.includes('sum') ? one + other : what.includes('product') ? one * other : one - other;
  const hidden = /How tall is the (\w+) bar/.exec(question)![1];
  return result === Number(given) ? [String(heightOf(scene, hidden))] : [];
}
