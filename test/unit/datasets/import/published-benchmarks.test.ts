import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/base/package-root.ts';
import { readCheckedModel } from '../../../../src/cli/options/checked-model.ts';
import { convertDataset } from '../../../../src/datasets/import/convert-dataset.ts';
import { aTemporaryFolder } from '../../../support/temporary-folder.ts';

const published = join(packageRoot, 'test/fixtures/benchmarks/published');
const folder = aTemporaryFolder();
const silent = { onGuess: () => {}, onRow: () => {} };
let conversions = 0;

/** Files of the schemas that benchmarks publish (scripts/benchmarks/samples.py), converted. */
async function convert(source: string, from: string) {
  const out = join(folder, `out-${conversions++}`);
  const summary = await convertDataset({ source, from, out, model: await readCheckedModel(undefined) }, silent);
  const lines = summary.out === undefined ? [] : readFileSync(summary.out, 'utf8').trimEnd().split('\n');
  const records: Record<string, unknown>[] = lines.map((line) => JSON.parse(line));
  return { summary, records };
}

const samples = (name: string, from = name.split('.')[0]) => convert(join(published, name), from);
const withoutImages = (records: Record<string, unknown>[]) => records.map(({ images: _, ...record }) => record);

describe('published files of benchmarks', () => {
  it('of MathVista are an object by pid, pictures beside, or Parquet with pictures within', async () => {
    const { records } = await samples('mathvista.json');
    expect(records[0]).toMatchObject({
      ...{ id: '1', options: ['the red one', 'the blue one', 'None'], answer: 'the red one' },
      details: { question_type: 'multi_choice', answer_type: 'text', grade: 'daily life' },
    });
    expect(records[1].details).toMatchObject({ precision: 1, unit: '$', skills: expect.arrayContaining([]) });
    expect(withoutImages((await samples('mathvista.parquet')).records)).toEqual(withoutImages(records));
  });

  it('of MathVerse have the question of the vision only version in their query', async () => {
    const { records } = await samples('mathverse.json');
    expect(records.map(({ tier }) => tier)).toEqual(['Text Dominant', 'Vision Only']);
    expect(records[1]).toMatchObject({
      question: expect.stringMatching(/^Please first conduct reasoning/),
      details: { subfield: 'Angle', question_for_eval: 'How large is the angle?\nChoices:\nA:40°\nB:50°' },
    });
  });

  it('of MMMU are Parquet with up to seven pictures a row, which options may be', async () => {
    const { records } = await samples('mmmu.parquet');
    expect(records.map(({ images }) => (images as string[]).length)).toEqual([2, 1, 2]);
    expect(records[0]).toMatchObject({ options: ['alike', "don't know", 'not'], details: { subject: 'Art_Theory' } });
    expect(records[1]).toMatchObject({ answer: "['24/7', '3.429']" });
    expect(records[1]).not.toHaveProperty('options');
    expect(records[2]).toMatchObject({ options: ['<image 1>', '<image 2>'] });
  });

  it('of LogicVista are an object by id; a record without an answer is named', async () => {
    const { records, summary } = await samples('logicvista.json');
    expect(records.map(({ id, answer }) => [id, answer])).toEqual([
      ['v1_0', 'C'],
      ['v1_1', 'A, C'],
    ]);
    expect(summary.faults).toMatchObject([{ place: expect.stringMatching(/logicvista\.json:3$/) }]);
  });

  it('of DynaMath are an object by question, or a table of one variant of each', async () => {
    const { records } = await samples('dynamath.json');
    expect(records).toMatchObject([
      { id: '1', details: { qid: '1', answer_type: 'float', level: 'high school' } },
      { id: '2', details: { qid: '2', answer_type: 'multiple choice' } },
    ]);
    expect((await samples('dynamath.parquet')).records[0]).toMatchObject({ answer: '2.5', details: { qid: '1' } });
  });

  it.each([
    ['mathvista', { question_type: 'free_form', precision: '1.0' }],
    ['mathverse', { problem_version: 'Vision Only', subfield: 'Angle' }],
    ['mmmu', { category: 'Finance' }],
  ])("are read from VLMEvalKit's table too: %s", async (name, details) => {
    const { records, summary } = await samples(`${name}.tsv`, 'vlmevalkit');
    expect(records[1]).toMatchObject({ details });
    expect(summary).toMatchObject({ faultCount: 0, unreadFields: {} });
    const { records: original } = await samples(name === 'mmmu' ? 'mmmu.parquet' : `${name}.json`);
    expect(records.map(({ answer }) => answer)).toEqual(original.map(({ answer }) => answer));
  });

  it('that hold something else under an id are refused by element', async () => {
    const path = join(folder, 'odd.json');
    writeFileSync(
      path,
      '{"a": {"question": "Q?", "answer": "1"}, "b": {"question": "R?", "answer": "2"}, "c": "text"}',
    );
    const { records, summary } = await convert(path, 'jsonl');
    expect(records.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(summary.faults[0]).toMatchObject({
      place: expect.stringMatching(/odd\.json:3$/),
      message: '"c" holds no record; write {"ID": {...}, ...}',
    });
  });
});
