import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { register } from '../../../src/cli/commands/init.ts';
import { readRunConfig } from '../../../src/launch/read-run-config.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const init = (...args: string[]) => runCommand(register, 'init', ...args);
const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('rise init', () => {
  it('makes a config that reads, and a sample dataset with its images, by defaults where nobody can be asked', async () => {
    const project = join(folder, 'first run');
    const { printed } = await init(project);
    expect(printed).toContain(`rise run ${project}/run.yaml`);
    const config = await readRunConfig(join(project, 'run.yaml'));
    expect(config).toMatchObject({ name: 'first-run', data: { train: { path: 'data/train.jsonl' } } });
    expect(config.policy.adapter).toBeUndefined();
    const [train, evaluation] = ['train', 'evaluation'].map((split) => rowsOf(join(project, `data/${split}.jsonl`)));
    expect([train.length, evaluation.length]).toEqual([320, 120]);
    expect(train[0]).toMatchObject({ solution: expect.stringContaining('<think>'), annotations: expect.anything() });
    expect(readdirSync(join(project, 'data'))).toEqual(['evaluation.jsonl', 'images', 'train.jsonl']);
    expect(
      readFileSync(join(project, 'data', train[0].images[0]))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('takes rows of your own, holds a tenth of the questions out, and trains an adapter where asked', async () => {
    const source = join(folder, 'rows.jsonl');
    const rows = Array.from({ length: 40 }, (_, at) => ({
      question: `What is ${at % 20} + 1?`,
      answer: (at % 20) + 1,
      id: `r${at}`,
    }));
    writeFileSync(source, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"question": "lost"}\n`);
    const project = join(folder, 'own');
    const { printed } = await init(project, '--data', source, '--train', 'adapter', '--json');
    expect(JSON.parse(printed)).toMatchObject({
      rows: { train: 36, evaluation: 4 },
      conversion: { rows: 41, faultCount: 1 },
    });
    const [train, evaluation] = ['train', 'evaluation'].map((split) => rowsOf(join(project, `data/${split}.jsonl`)));
    const held = new Set(evaluation.map(({ question }) => question));
    expect(train.filter(({ question }) => held.has(question))).toEqual([]);
    const config = await readRunConfig(join(project, 'run.yaml'));
    expect(config).toMatchObject({ policy: { adapter: { rank: 8 } }, rl: { promptsPerIteration: 36 } });
  });

  it('overwrites nothing, and leaves nothing half made', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'notes.txt'), 'mine');
    await expect(init(taken)).rejects.toThrow(/has files already, which rise init leaves as they are/);
    expect(readdirSync(taken)).toEqual(['notes.txt']);
    const before = readdirSync(folder);
    await expect(init(join(folder, 'none'), '--data', join(folder, 'absent.jsonl'))).rejects.toThrow(/absent\.jsonl/);
    const one = join(folder, 'one.jsonl');
    writeFileSync(one, '{"question": "1 + 1?", "answer": 2}\n');
    await expect(init(join(folder, 'none'), '--data', one)).rejects.toThrow(/give at least two/);
    await expect(init(join(folder, 'none'), '--model', join(packageRoot, 'docs'))).rejects.toThrow(/config\.json/);
    expect(readdirSync(folder)).toEqual([...before, 'one.jsonl'].sort());
  });
});
