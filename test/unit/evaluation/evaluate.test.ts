import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBenchmark } from '../../../src/benchmarks/index.ts';
import { openAnswerFile } from '../../../src/evaluation/answer-file.ts';
import { compareEvaluations } from '../../../src/evaluation/compare-evaluations.ts';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import { keepEvaluationPrompts } from '../../../src/evaluation/keep-prompts.ts';
import { openModelRespondent } from '../../../src/evaluation/model-respondent.ts';
import type { Respondent } from '../../../src/evaluation/respondent.ts';
import type { Progress } from '../../../src/schema/progress.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const dataset = 'examples/dataset/train.jsonl';
const sampling = { temperature: 0, topP: 1, topK: 0, maxNewTokens: 8 };
const plan = { completionsPerPrompt: 1, sampling, seed: 0 };
const benchmark = openBenchmark('benchmark', { name: 'held-out', options: {} }, { gradeOptions: {} });

async function golds(): Promise<{ promptId: string; response: string }[]> {
  const store = createLocalStore(join(folder, 'golds'));
  const prompts = await keepEvaluationPrompts(store, join(folder, 'golds'), dataset);
  return prompts.map(({ promptId, groundTruth }) => ({ promptId, response: `\\boxed{${groundTruth}}` }));
}

async function answerFile(name: string, answers: object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  return path;
}

async function evaluateIn(name: string, respondent: Respondent, settings = plan) {
  const place = join(folder, name);
  const store = createLocalStore(place);
  const prompts = await keepEvaluationPrompts(store, place, dataset);
  const reports: Progress[] = [];
  const report = (progress: Progress) => reports.push(progress);
  const score = await evaluate({ store, benchmark, prompts, respondent, plan: settings, report });
  return { score, reports, prompts, place };
}

describe('an evaluation', () => {
  it('grades answers that were given elsewhere, and keeps all in its folder', async () => {
    const right = await golds();
    const answers = [...right.slice(1), { ...right[0], response: '\\boxed{987654}' }];
    const { score, place, reports } = await evaluateIn(
      'given',
      await openAnswerFile(await answerFile('a', answers), 1),
    );
    expect(score).toMatchObject({ accuracy: (right.length - 1) / right.length, n: right.length, meanTokens: 0 });
    expect(JSON.parse(await readFile(join(place, 'result.json'), 'utf8'))).toEqual(score);
    expect(reports.at(-1)).toMatchObject({ done: right.length, total: right.length });
  });

  it('that was stopped goes on after its last batch, to the same result', async () => {
    const asked: string[] = [];
    const respondent = (failing: boolean): Respondent => ({
      identity: { model: 'counting' },
      promptsPerBatch: 2,
      answer: async (_, prompts) => {
        if (failing && asked.length > 0) throw new Error('stopped');
        asked.push(...prompts.map(({ promptId }) => promptId));
        return prompts.map(({ promptId, groundTruth }) => {
          return { promptId, sampleIndex: 0, text: groundTruth, tokenCount: 1, finishReason: 'stop' };
        });
      },
      close: () => {},
    });
    await expect(evaluateIn('stopped', respondent(true))).rejects.toThrow('stopped');
    const { score, prompts } = await evaluateIn('stopped', respondent(false));
    expect(asked).toEqual(prompts.map(({ promptId }) => promptId));
    expect(score).toMatchObject({ accuracy: 1, n: prompts.length });
  });

  it('keeps to the settings of its folder', async () => {
    const respondent = await openAnswerFile(await answerFile('b', await golds()), 1);
    await evaluateIn('settings', respondent);
    await expect(evaluateIn('settings', respondent, { ...plan, seed: 1 })).rejects.toThrow(
      /another evaluation, of seed 0; name another folder/,
    );
  });

  it('goes on with batches of another size, and asks nobody twice', async () => {
    const asked: string[] = [];
    const respondent = (promptsPerBatch: number, most: number): Respondent => ({
      identity: { model: 'counting' },
      promptsPerBatch,
      answer: async (_, prompts) => {
        if (asked.length >= most) throw new Error('stopped');
        asked.push(...prompts.map(({ promptId }) => promptId));
        return prompts.map(({ promptId, groundTruth: text }) => {
          return { promptId, sampleIndex: 0, text, tokenCount: 1, finishReason: 'stop' };
        });
      },
      close: () => {},
    });
    await expect(evaluateIn('sizes', respondent(3, 3))).rejects.toThrow('stopped');
    const { score, prompts } = await evaluateIn('sizes', respondent(1, 99));
    expect(asked).toEqual(prompts.map(({ promptId }) => promptId));
    expect(score.n).toBe(prompts.length);
  });

  it('keeps its prompts where the same folder is named with other data', async () => {
    const { place, prompts } = await evaluateIn('data', await openAnswerFile(await answerFile('g', await golds()), 1));
    const other = join(folder, 'other.jsonl');
    await writeFile(other, '{"promptId": "other", "question": "1 + 1?", "answer": "2"}\n');
    const again = keepEvaluationPrompts(createLocalStore(place), place, other);
    await expect(again).rejects.toThrow(
      /holds answers to other prompts than those of .*other.jsonl; name another folder/,
    );
    const kept = (await readFile(join(place, 'prompts.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(kept.map((line) => JSON.parse(line))).toEqual(prompts);
  });

  it('that has no answers yet takes other settings', async () => {
    const [first, ...rest] = await golds();
    const few = await openAnswerFile(await answerFile('h', rest), 1);
    await expect(evaluateIn('mended', few)).rejects.toThrow(/has 0 answers to/);
    const { score } = await evaluateIn('mended', await openAnswerFile(await answerFile('h', [first, ...rest]), 1));
    expect(score.accuracy).toBe(1);
  });

  it('has a model answer as rise generate does', async () => {
    const respondent = await openModelRespondent(
      { model: 'models/rise-tiny', precision: 'float32', sequences: 2 },
      plan.completionsPerPrompt,
    );
    const { score, prompts, place } = await evaluateIn('model', respondent);
    respondent.close();
    expect(score).toMatchObject({ n: prompts.length });
    const records = (await readFile(join(place, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(records.map((line) => JSON.parse(line).tokenCount).every((count) => count > 0 && count <= 8)).toBe(true);
  });
});

describe('a file of answers', () => {
  it('names the line that is none, and the prompt that it lacks', async () => {
    await expect(openAnswerFile(await answerFile('c', [{ promptId: 'a' }]), 1)).rejects.toThrow(
      /c:1: no answer; write/,
    );
    const [first] = await golds();
    const few = await openAnswerFile(await answerFile('d', [first]), 2);
    await expect(evaluateIn('few', few, { ...plan, completionsPerPrompt: 2 })).rejects.toThrow(/has 1 answers to/);
  });
});

describe('evaluations', () => {
  it('are compared prompt by prompt', async () => {
    const right = await golds();
    const wrong = right.map(({ promptId }) => ({ promptId, response: '\\boxed{987654}' }));
    const before = await evaluateIn('before', await openAnswerFile(await answerFile('e', wrong), 1));
    const after = await evaluateIn('after', await openAnswerFile(await answerFile('f', right), 1));
    const { result } = await compareEvaluations([before.place, after.place]);
    expect(result.comparisons).toMatchObject([{ against: before.place, policy: after.place, difference: 1 }]);
    await expect(compareEvaluations([before.place, join(folder, 'nothing')])).rejects.toThrow(/no finished evaluation/);
  });
  it('are refused where one id is of different prompts', async () => {
    const { place } = await evaluateIn('as-it-was', await openAnswerFile(await answerFile('i', await golds()), 1));
    const changed = await evaluateIn('changed', await openAnswerFile(await answerFile('j', await golds()), 1));
    const [first, ...rest] = changed.prompts;
    const prompts = [{ ...first, groundTruth: '987654' }, ...rest];
    await answerFile('changed/prompts.jsonl', prompts);
    await expect(compareEvaluations([place, changed.place])).rejects.toThrow(
      `have different prompts of the id ${first.promptId}; evaluate both on the same data`,
    );
  });
});
