import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { register as registerData } from '../../../src/cli/commands/data.ts';
import { register as registerExplain } from '../../../src/cli/commands/explain.ts';
import { register as registerReplay } from '../../../src/cli/commands/replay.ts';
import { register as registerWhatIf } from '../../../src/cli/commands/what-if.ts';
import { renderModelTable } from '../../../src/cli/views/render-recorded.ts';
import { webdataset } from '../../../src/formats/webdataset.ts';
import { publishRecorded } from '../../../src/recorded/publish-recorded.ts';
import { routePrompts } from '../../../src/recorded/route-prompts.ts';
import { scoreResponses } from '../../../src/recorded/score-responses.ts';
import { PAPER_RULE } from '../../../src/schema/config/diagnosis.ts';
import { Decision } from '../../../src/schema/decision.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords, readRecords } from '../../../src/store/records.ts';
import { aResponse } from '../../support/factories.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const out = join(folder, 'out');
const linesOf = (name: string) =>
  readFileSync(join(out, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('recorded responses', () => {
  const prompts = join(folder, 'set.jsonl');
  const responses = join(folder, 'responses.jsonl');
  const aSolution = aResponse('9', 'Worked out.');

  beforeAll(async () => {
    const rows = [
      { id: '1', question: 'q1', answer: '7' },
      { id: '2', question: 'q2', answer: '8' },
      { id: '3', question: 'q3', answer: '9', solution: aSolution },
    ];
    const answers = [
      { promptId: 'set-1', model: 'one', response: 'The answer is 7.', officialCorrect: true },
      { promptId: 'set-2', model: 'one', response: '\\boxed{8}', officialCorrect: false },
      { promptId: '1', model: 'two', response: '\\boxed{7.0}', officialCorrect: true },
      { promptId: '2', model: 'two', response: '\\boxed{1}', officialCorrect: false },
      { promptId: '3', model: 'two', response: 'I cannot tell.', officialCorrect: false },
    ];
    await writeFile(prompts, encodeRecords(rows));
    await writeFile(responses, encodeRecords(answers));
  });

  it('are scored, compared with the verdicts they came with, routed and published', async () => {
    const { models, disagreements } = await scoreResponses({ prompts, responses, out });
    const printed = renderModelTable(models);
    expect(disagreements).toBe(1);
    expect(printed).toMatch(/^one +2 +2 +100\.0% +1 +50\.0%$/m);
    expect(printed).toMatch(/^all +5 +3 +60\.0% +2 +80\.0%$/m);
    expect(linesOf('scores.jsonl')).toHaveLength(5);
    expect(readFileSync(join(out, 'disagreements.md'), 'utf8')).toMatch(
      /\| 2 \| one \| correct \| wrong \| .*boxed "8"/,
    );

    expect(await routePrompts({ scores: out, out })).toEqual({ mastered: 1, selfDistill: 1, expert: 1 });
    expect(linesOf('routes.jsonl').map(({ kind }) => kind)).toEqual(['mastered', 'self-distill', 'expert']);

    const published = await publishRecorded({ scores: out, out, maxKept: 4, examplesPerShard: 10, seed: 0 });
    expect(published).toEqual({ selfDistill: 1, expert: 1 });
    const stored = await webdataset.read(readFileSync(join(out, 'sft-00000-of-00001.tar')));
    const texts = stored.map(({ example }) => [example.source, example.response]).sort();
    expect(texts).toEqual([
      ['expert', aSolution],
      ['self-distill', '\\boxed{8}'],
    ]);
  });

  it('leave the decision log of a run, a line for each prompt in their order', async () => {
    const decisions = await readRecords(createLocalStore(out), 'decisions.jsonl', Decision);
    expect(decisions.map(({ promptId, branch, examples }) => [promptId, branch, examples])).toEqual([
      ['1', 'mastered', []],
      ['2', 'self-distill', ['2-self-0']],
      ['3', 'expert', ['3-expert']],
    ]);
    const [mastered, learned, taught] = decisions;
    expect(mastered).toMatchObject({
      ...{ policy: { folder: 'recorded' }, groupSize: 2, correct: 2, passRate: 1, rule: PAPER_RULE },
      rewards: { accuracy: expect.stringMatching(/^accuracy@/), format: expect.stringMatching(/^format@/) },
    });
    expect(learned.trajectories.map(({ outcome }) => outcome)).toEqual(['kept', 'wrong']);
    expect(taught.expert).toMatchObject({ outcome: 'kept', provider: 'worked-solution' });
  });

  it('have their routes decided by the rule that they were routed by, which the log names', async () => {
    const rule = { ...PAPER_RULE, selfDistillMin: 0.6 };
    const routes = join(folder, 'stricter');
    expect(await routePrompts({ scores: out, out: routes, rule })).toEqual({ mastered: 1, selfDistill: 0, expert: 2 });
    await publishRecorded({ scores: out, routes, out: routes, maxKept: 4, examplesPerShard: 10, seed: 0 });
    const [, second] = await readRecords(createLocalStore(routes), 'decisions.jsonl', Decision);
    expect(second).toMatchObject({
      rule,
      branch: 'expert',
      because: expect.stringContaining('below selfDistillMin 0.6'),
    });
    expect(second.trajectories.map(({ outcome }) => outcome)).toEqual(['other-route', 'wrong']);
  });

  it.each([
    ['replay', registerReplay, ['replay', out], /rise route and rise shards with the same options/],
    [
      'what-if',
      registerWhatIf,
      ['what-if', out, '--set', 'diagnosis.masteredMin=0.5'],
      /rise route with other thresholds/,
    ],
    ['explain', registerExplain, ['explain', '2-self-0', '--store', out], /line of decisions\.jsonl .* 2-self-0/],
  ])('are refused by name by rise %s', async (_, register, args, message) => {
    await expect(runCommand(register, ...args)).rejects.toThrow(message);
  });

  it('must answer prompts that are there', async () => {
    await writeFile(responses, encodeRecords([{ promptId: 'set-9', response: '7' }]));
    await expect(scoreResponses({ prompts, responses, out })).rejects.toThrow(/response 1 answers set-9/);
  });
});

describe('rise data check', () => {
  it('lists every fault with file and line, and exits with 1', async () => {
    const path = join(folder, 'faulty.jsonl');
    await writeFile(path, '{"id":"1","question":"q","answer":"7"}\n{}\n{"id":"1","question":"q","answer":"$$"}\n');
    const { printed, exitCode } = await runCommand(registerData, 'data', 'check', path, '--json');
    const { faults, prompts } = JSON.parse(printed);
    expect(prompts).toBe(2);
    expect(faults.map(({ place }: { place: string }) => place)).toEqual([`${path}:2`, `${path}:3`, `${path}:3`]);
    expect(exitCode).toBe(1);
  });
});

const mathVision = join(packageRoot, '../shared/data/mathvision');
const describeWhereData = existsSync(mathVision) ? describe : describe.skip;

describeWhereData('MATH-Vision testmini', () => {
  it('has no faults', async () => {
    const { printed, exitCode } = await runCommand(registerData, 'data', 'check', mathVision);
    expect(printed).toMatch(/^prompts +304: 0 text-only/m);
    expect(printed).toMatch(/^faults +0$/m);
    expect(exitCode).toBeUndefined();
  });

  it('is graded as the benchmark grades it, but for answers its grader does not read', async () => {
    const responses = join(mathVision, 'responses/testmini.responses.jsonl');
    const { models } = await scoreResponses({ prompts: mathVision, responses, out: join(folder, 'mathvision') });
    const printed = renderModelTable(models);
    const [, correct, agreement] = /^all +2432 +(\d+) +[\d.]+% +300 +([\d.]+)%$/m.exec(printed) ?? [];
    expect(Number(correct)).toBeGreaterThanOrEqual(300);
    expect(Number(agreement)).toBeGreaterThanOrEqual(98);
    const disagreements = readFileSync(join(folder, 'mathvision/disagreements.md'), 'utf8');
    expect(disagreements).not.toMatch(/\| wrong \| correct \|/);
  });
});
