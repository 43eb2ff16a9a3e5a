import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { register as registerData } from '../../../src/cli/commands/data.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const example = join(packageRoot, 'examples/dataset');
const page = readFileSync(join(packageRoot, 'docs/data.md'), 'utf8');
const records = [...page.matchAll(/```jsonl\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trim().split('\n'));

describe('the dataset to copy', () => {
  it('has no faults, and nothing that is not read', async () => {
    const { printed, exitCode } = await runCommand(registerData, 'data', 'check', example);
    expect(printed).toMatch(/^prompts +6: 1 text-only, 1 with several images$/m);
    expect(printed).toMatch(/^faults +0$/m);
    expect(printed).not.toMatch(/^not read/m);
    expect(exitCode).toBeUndefined();
  });

  it('has no faults for the tiny model either', async () => {
    const model = join(packageRoot, 'models/rise-tiny');
    const { printed } = await runCommand(registerData, 'data', 'check', example, '--model', model);
    expect(printed).toMatch(/^faults +0$/m);
  });
});

describe('the records of docs/data.md', () => {
  const folder = aTemporaryFolder();

  it('are without faults, one and all', async () => {
    cpSync(join(example, 'images'), join(folder, 'images'), { recursive: true });
    writeFileSync(join(folder, 'data.jsonl'), records.join('\n'));
    const { printed } = await runCommand(registerData, 'data', 'check', folder, '--json');
    expect(records.length).toBeGreaterThan(8);
    expect(JSON.parse(printed)).toMatchObject({ prompts: records.length, faults: [], unreadFields: {} });
  });
});
