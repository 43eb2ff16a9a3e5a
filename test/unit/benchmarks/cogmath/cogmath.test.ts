import { readFileSync } from 'node:fs';
import type { AnswerJudge } from '../../../../src/benchmarks/benchmark.ts';
import { comparePolicies } from '../../../../src/benchmarks/compare-policies.ts';
import { choosePrompts, loadBenchmarks, openBenchmark } from '../../../../src/benchmarks/index.ts';
import { recordAnswer } from '../../../../src/benchmarks/record-answer.ts';
import { scorePolicy } from '../../../../src/benchmarks/score-policy.ts';
import { benchmarkTables } from '../../../../src/report/benchmark-tables.ts';
import type { AccuracyEstimate, EvaluationRecord, PolicyScore } from '../../../../src/schema/evaluation.ts';
import { DIMENSIONS, Inquiry } from '../../../../src/schema/inquiry.ts';
import type { Prompt } from '../../../../src/schema/prompt.ts';
import { drawTasks } from '../../../../src/tasks/index.ts';
import { aPrompt, aResponse, aRunConfig } from '../../../support/factories.ts';

const cogmath = openBenchmark('benchmark', { name: 'cogmath', options: {} }, { gradeOptions: {} });

const aProblem = (problem: string, lacking: readonly number[] = []): Prompt[] =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    .filter((dimension) => !lacking.includes(dimension))
    .map((dimension) => {
      const expects = [2, 3].includes(dimension) ? ('refusal' as const) : ('answer' as const);
      const details = { cogmath: Inquiry.parse({ problem, dimension, expects, originalAnswer: '7' }) };
      const promptId = `${problem}-${dimension}`;
      return aPrompt({ promptId, groundTruth: expects === 'refusal' ? 'cannot be solved' : '7', details });
    });

const answerTo = (prompt: Prompt, text: string, sampleIndex?: number): EvaluationRecord =>
  recordAnswer(cogmath, prompt, { text, tokenCount: 1, sampleIndex });

const rightTo = ({ groundTruth }: Prompt) => aResponse(groundTruth);

describe('CogMath', () => {
  it('knows what each kind of inquiry takes', () => {
    const [own, , disrupted] = aProblem('p');
    expect(cogmath.grade(own, aResponse('7'))).toEqual({ isCorrect: true, answer: '7' });
    expect(cogmath.grade(disrupted, aResponse('7'))).toEqual({ isCorrect: false, answer: '7' });
    expect(cogmath.grade(disrupted, 'This cannot be solved.')).toMatchObject({ isCorrect: true });
  });

  it('finds the worked solution of every inquiry about charts right', () => {
    const tiers = { read: 50, count: 50, sum: 50, difference: 50, product: 50 };
    const tasks = drawTasks({ kind: 'tasks', family: 'chart-inquiries', split: 'evaluation', seed: 2, tiers });
    const verdicts = tasks.map(({ promptId, question, answer, solution, details }) => {
      return cogmath.grade({ promptId, question, groundTruth: answer, images: [], details }, solution).isCorrect;
    });
    expect(tasks.filter((_, at) => !verdicts[at]).map(({ question, answer }) => [question, answer])).toEqual([]);
    const original = tasks.filter(({ details }) => Inquiry.parse(details!.cogmath).expects === 'refusal');
    expect(original.length).toBe(50);
  });

  it('asks an explanation of a judge, and leaves it out without one', async () => {
    const [own, inquiry] = aProblem('p');
    const why = {
      ...inquiry,
      groundTruth: 'Because 3 + 4 = 7.',
      details: { cogmath: { problem: 'p', dimension: 8, expects: 'explanation', originalAnswer: '7' } },
    };
    const judge: AnswerJudge = { read: async () => '', agree: async (_, expected, answer) => expected === answer };
    expect(await cogmath.gradeWith!(judge, why, why.groundTruth)).toMatchObject({ isCorrect: true });
    expect(await cogmath.gradeWith!(judge, why, 'No.')).toEqual({ isCorrect: false, answer: 'No.' });
    expect(await cogmath.gradeWith!(judge, own, aResponse('7'))).toMatchObject({ isCorrect: true });
    const prompts = [own, inquiry, why];
    const { shares } = scorePolicy(
      cogmath,
      prompts,
      prompts.map((prompt) => answerTo(prompt, aResponse('7'))),
    );
    expect(shares!.mastery).toMatchObject({ 'mastery (all 1 pass)': { accuracy: 1 } });
    expect(Object.keys(shares!['pass rate by dimension'])).toEqual(['1 sentence paraphrasing']);
  });

  it('compares policies on accuracy and on mastery, and tells which', () => {
    const prompts = ['a', 'b', 'c'].flatMap((problem) => aProblem(problem));
    const knowing = { policy: { name: 'one' }, records: prompts.map((prompt) => answerTo(prompt, rightTo(prompt))) };
    const answering = { policy: { name: 'other' }, records: prompts.map((prompt) => answerTo(prompt, aResponse('7'))) };
    const result = comparePolicies(cogmath, prompts, [answering, knowing]);
    expect(result.comparisons.map(({ of, difference }) => [of, difference])).toEqual([
      [undefined, 0],
      ['mastery (all 9 pass)', 1],
      ['inquiries passed', expect.closeTo(2 / 9)],
      ['overestimation', -1],
    ]);
    const tables = benchmarkTables({ name: 'cogmath', title: 'CogMath', result }, '');
    expect(tables.map(({ title }) => title)).toContain('Relative pass rate by dimension');
    expect(tables.find(({ title }) => title === 'Paired comparison')!.rows[1][0]).toBe(
      'one over other: mastery (all 9 pass)',
    );
  });

  it('refuses prompts that are inquiries of nothing', () => {
    expect(() => choosePrompts(cogmath, [aPrompt()], 'mine')).toThrow('mine has 1 prompts and none that cogmath asks');
    expect(() => cogmath.grade(aPrompt(), '7')).toThrow(/^prompt prompt-1 has no details\.cogmath/);
  });

  it('brings its own prompts to a run that gives it none', () => {
    const [benchmark] = loadBenchmarks(aRunConfig({ evaluation: { benchmarks: { cogmath: {} } } }));
    expect(benchmark).toMatchObject({
      promptSet: 'cogmath',
      source: { family: 'chart-inquiries', split: 'evaluation' },
    });
    const tiers = { sum: 10 };
    const source = { kind: 'tasks', family: 'chart-inquiries', split: 'evaluation', tiers, seed: 5 };
    const [given] = loadBenchmarks(aRunConfig({ evaluation: { benchmarks: { cogmath: { source } } } }));
    expect(given).toMatchObject({ source });
  });
});

interface Figures {
  accuracy: AccuracyEstimate;
  mastery: AccuracyEstimate;
  passed: AccuracyEstimate;
  overestimation: number;
  dimensions: Record<string, AccuracyEstimate>;
  relative: Record<string, AccuracyEstimate>;
  stages: Record<string, AccuracyEstimate>;
  relativeStages: Record<string, AccuracyEstimate>;
  original: Record<string, AccuracyEstimate>;
}
interface Case {
  problems: {
    id: string;
    passes: { verdict: Record<string, boolean>; original: Record<string, boolean> }[];
  }[];
  figures: Figures;
}

const CASES: Case[] = JSON.parse(readFileSync('test/fixtures/benchmarks/cogmath.json', 'utf8'));

/** The made verdicts as answers, which are graded to them. */
function scoreCase({ problems }: Case): PolicyScore {
  const prompts = problems.flatMap(({ id, passes }) => {
    return aProblem(
      id,
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((dimension) => !(dimension in passes[0].verdict)),
    );
  });
  const records = problems.flatMap(({ id, passes }) =>
    passes.flatMap(({ verdict, original }, sampleIndex) =>
      Object.entries(verdict).map(([dimension, isRight]) => {
        const prompt = prompts.find(({ promptId }) => promptId === `${id}-${dimension}`)!;
        const wrong = original[dimension] ? '7' : '8';
        return answerTo(prompt, isRight ? rightTo(prompt) : aResponse(wrong), sampleIndex);
      }),
    ),
  );
  return scorePolicy(cogmath, prompts, records);
}

describe.each(CASES)('its figures, case %#', (made) => {
  const score = scoreCase(made);
  const { figures } = made;
  const shares = score.shares!;
  const close = (expected: AccuracyEstimate) =>
    Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 10)]));
  const rowOf = (dimension: string) => `${dimension} ${DIMENSIONS[Number(dimension) - 1].name}`;

  it('are those of an independent computation', () => {
    expect(score).toMatchObject(close(figures.accuracy));
    expect(shares.mastery['mastery (all 9 pass)']).toMatchObject(close(figures.mastery));
    expect(shares.mastery['inquiries passed']).toMatchObject(close(figures.passed));
    expect(shares.mastery.overestimation.accuracy).toBeCloseTo(figures.overestimation, 10);
    for (const [table, expected] of [
      ['pass rate by dimension', figures.dimensions],
      ['relative pass rate by dimension', figures.relative],
      ["problem's own answer given where it cannot be solved", figures.original],
    ] as const) {
      for (const [dimension, estimate] of Object.entries(expected)) {
        expect(shares[table][rowOf(dimension)]).toMatchObject(close(estimate));
      }
    }
    for (const [table, expected] of [
      ['pass rate by stage', figures.stages],
      ['relative pass rate by stage', figures.relativeStages],
    ] as const) {
      for (const [stage, estimate] of Object.entries(expected))
        expect(shares[table][stage]).toMatchObject(close(estimate));
    }
  });
});
