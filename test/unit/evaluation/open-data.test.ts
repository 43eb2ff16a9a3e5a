import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { register } from '../../../src/cli/commands/evaluate.ts';
import { openEvaluationData } from '../../../src/evaluation/open-data.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const published = join(packageRoot, 'test/fixtures/benchmarks/published');
const folder = aTemporaryFolder();
const idsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);

describe('what is evaluated on', () => {
  it.each([
    ['mathvista', 'mathvista.json', ['1', '2', '3']],
    ['mathverse-vision-only', 'mathverse.json', ['1', '2']],
    ['mmmu', 'mmmu.parquet', ['validation_Art_Theory_1', 'validation_Finance_2', 'validation_Math_3']],
    ['mmmu', 'mmmu.tsv', ['1', '2', '3']],
    ['dynamath', 'dynamath.parquet', ['1', '2']],
  ])('may be what %s publishes: %s', async (benchmark, name, ids) => {
    const data = await openEvaluationData(benchmark, join(published, name), folder);
    expect(data.leftOut).toBeUndefined();
    expect(idsOf(data.path)).toEqual(ids);
    await data.close();
    expect(existsSync(data.path)).toBe(false);
  });

  it('says which rows of it cannot be read', async () => {
    const data = await openEvaluationData('logicvista', join(published, 'logicvista.json'), folder);
    expect(data.leftOut).toMatch(/^1 of 3 rows are left out, the first at .*logicvista\.json:3: .* is missing$/);
    await data.close();
  });

  it('is a dataset as it stands, for every benchmark', async () => {
    const lines = join(folder, 'data.jsonl');
    writeFileSync(lines, '{"id": "1", "question": "Q?", "answer": "2", "details": {"subject": "algebra"}}\n');
    for (const [benchmark, path] of [
      ['held-out', 'examples/dataset'],
      ['mathvision', lines],
      ['held-out', join(folder, 'nothing')],
    ]) {
      expect(await openEvaluationData(benchmark, path, folder)).toMatchObject({ path });
    }
  });

  it('is JSON lines as MathVision publishes them', async () => {
    const lines = join(folder, 'testmini.jsonl');
    writeFileSync(
      lines,
      '{"id": "7", "question": "Q?", "options": [], "answer": "2", "level": 3, "subject": "algebra"}\n',
    );
    const { path, close } = await openEvaluationData('mathvision', lines, folder);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ details: { level: 3, subject: 'algebra' } });
    await close();
  });

  it('is read by rise evaluate, whatever of it the benchmark asks', async () => {
    const answers = join(folder, 'answers.jsonl');
    writeFileSync(answers, '{"promptId": "2", "response": "The answer is B."}\n');
    const out = join(folder, 'out');
    const { printed } = await runCommand(
      register,
      ...['evaluate', '--benchmark', 'mathverse-vision-only', '--data', join(published, 'mathverse.json')],
      ...['--answers', answers, '--out', out, '--json'],
    );
    expect(JSON.parse(printed)).toMatchObject({ accuracy: 1, n: 1 });
    expect(existsSync(join(out, 'data.read'))).toBe(false);
  });
});
