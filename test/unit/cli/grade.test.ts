import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

function riseGrade(args: string[], input = '') {
  const command = [join(packageRoot, 'bin', 'rise.js'), 'grade', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', input });
  const verdicts = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { status, verdicts, stderr };
}

describe('rise grade', () => {
  it('grades one answer', () => {
    const { status, verdicts } = riseGrade(['--gold', '\\frac12', '--answer', 'So it is \\boxed{0.5}.']);
    expect({ status, verdicts }).toMatchObject({ status: 0, verdicts: [{ verdict: 'correct', extracted: '0.5' }] });
  });

  it('grades a choice', () => {
    const { verdicts } = riseGrade(['--gold', 'B', '--answer', '(C)', '--options', '8 cm', '9 cm', '10 cm']);
    expect(verdicts).toMatchObject([{ verdict: 'incorrect', extracted: '(C)' }]);
  });

  it('reads byte order marks and line separators within JSON, and names a line that is no UTF-8', () => {
    const file = join(folder, 'marked.jsonl');
    const lines = [
      '\uFEFF{"id":1,"gold":"2","answer":"2"}\n',
      '{"id":2,"gold":"a\u2028b","answer":"a\u2028b"}\n{"id":"',
    ];
    writeFileSync(file, Buffer.concat([Buffer.from(lines.join('')), Buffer.from([0xd6, 0xd0])]));
    const { status, verdicts, stderr } = riseGrade(['--jsonl', file]);
    expect(verdicts.map(({ id }) => id)).toEqual([1, 2]);
    expect(stderr).toMatch(/marked\.jsonl:3: the line is not UTF-8/);
    expect(status).toBe(1);
  });

  it('grades the lines of standard input in their order', () => {
    const lines = [
      { id: 'b', gold: 'x+1', answer: '\\boxed{1+x}' },
      { id: 'a', gold: '7', answer: '' },
      { id: 3, gold: '5 widgets', answer: '5 gadgets' },
    ];
    const { status, verdicts } = riseGrade(
      ['--jsonl', '-'],
      lines.map((line) => `${JSON.stringify(line)}\n`).join('\n'),
    );
    expect(status).toBe(0);
    expect(verdicts).toEqual([
      { id: 'b', verdict: 'correct', extracted: '1+x', reason: expect.any(String) },
      { id: 'a', verdict: 'incorrect', extracted: null, reason: 'the response gives no final answer' },
      { id: 3, verdict: 'undecided', extracted: '5 gadgets', reason: expect.any(String) },
    ]);
  });

  it('names every line that is wrong, grades the others, and fails at the end', () => {
    const file = join(folder, 'answers.jsonl');
    const lines = [
      '{"id":1,"gold":"7","answer":"7"}',
      '{"id":2,"gold":"\\\\frac{1}{","answer":"7"}',
      'no JSON',
      '{"id":4,"gold":"\\frac{1}{2}","answer":"0.5"}',
      '{"id":5,"gold":"7","answer":"a line \u2028 within: 7"}',
    ];
    writeFileSync(file, lines.join('\n'));
    const { status, verdicts, stderr } = riseGrade(['--jsonl', file]);
    expect({ status, ids: verdicts.map(({ id }) => id) }).toEqual({ status: 1, ids: [1, 5] });
    expect(stderr).toContain(`${file}:2: groundTruth`);
    expect(stderr).toContain(`${file}:3 is no {id`);
    expect(stderr).toMatch(/:4: groundTruth .* control character/);
    expect(stderr).toContain(`3 of 5 lines of ${file} were not graded`);
  });

  it.each([
    [['--gold', '7'], '--gold and --answer, or --jsonl'],
    [['--gold', '$$', '--answer', '7'], 'cannot be read as an answer'],
    [['--jsonl', join(folder, 'missing.jsonl')], 'missing.jsonl cannot be read'],
    [['--jsonl', folder], 'is a folder'],
  ])('refuses %j', (args, message) => {
    expect(riseGrade(args)).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });
});
