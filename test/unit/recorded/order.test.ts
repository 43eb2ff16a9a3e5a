import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../../src/base/random.ts';
import { renderDisagreement } from '../../../src/recorded/agreement.ts';
import { createGroupCollector } from '../../../src/recorded/correct-groups.ts';
import { publishRecorded } from '../../../src/recorded/publish-recorded.ts';
import { routePrompts } from '../../../src/recorded/route-prompts.ts';
import { scoreResponses } from '../../../src/recorded/score-responses.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import { aResponse, aTrajectory } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

/** Scores, routes and publishes; gives the lines of the index, and a hash of all tars. */
async function runAll(name: string, responses: readonly object[]) {
  const [prompts, file, out] = ['prompts.jsonl', `${name}.jsonl`, name].map((each) => join(folder, each));
  await writeFile(file, encodeRecords(responses));
  await scoreResponses({ prompts, responses: file, out });
  await routePrompts({ scores: out, out });
  const counts = await publishRecorded({ scores: out, out, maxKept: 2, examplesPerShard: 3, seed: 5 });
  const tars = readdirSync(out).filter((each) => each.endsWith('.tar'));
  const hash = createHash('sha256');
  for (const tar of tars.sort()) hash.update(readFileSync(join(out, tar)));
  return { counts, index: readFileSync(join(out, 'index.jsonl'), 'utf8'), tars: hash.digest('hex'), files: tars };
}

describe('Recorded responses', () => {
  const ids = Array.from({ length: 12 }, (_, prompt) => `p/${prompt}`);
  const grouped = ids.flatMap((promptId, prompt) =>
    Array.from({ length: 40 }, (_, index) => ({
      promptId,
      response: aResponse(String(index % 3 === prompt % 3 ? prompt : -1), `Thought ${index}.`),
    })),
  );
  beforeAll(async () => {
    const rows = ids.map((promptId, prompt) => ({ promptId, question: 'q', answer: prompt }));
    await writeFile(join(folder, 'prompts.jsonl'), encodeRecords(rows));
  });

  it('give the same shards where those to a prompt stand together and where they do not', async () => {
    const byIndex = Array.from({ length: 40 }, (_, index) => grouped.filter((_, at) => at % 40 === index)).flat();
    const together = await runAll('together', grouped);
    const apart = await runAll('apart', byIndex);
    expect(together.counts).toEqual({ selfDistill: 24, expert: 0 });
    expect([apart.tars, apart.counts]).toEqual([together.tars, together.counts]);
    const sorted = (index: string) => index.split('\n').toSorted();
    expect(sorted(apart.index)).toEqual(sorted(together.index));
  });

  it('leave no shards of an earlier run behind, nor what waited on disk', async () => {
    const first = await runAll('again', grouped);
    const second = await runAll('again', grouped.slice(0, 80));
    expect([first.files.length, second.files.length]).toEqual([8, 2]);
    expect(readdirSync(join(folder, 'again')).filter((name) => name.startsWith('.shards'))).toEqual([]);
  });
});

describe('Prompts that no response solves', () => {
  const rows = [
    { promptId: 'right', question: 'q', answer: 1, solution: aResponse('1', 'Worked out.') },
    { promptId: 'wrong', question: 'q', answer: 2, solution: aResponse('3', 'Worked out.') },
    { promptId: 'none', question: 'q', answer: 4 },
  ];
  const publish = (out: string) => publishRecorded({ scores: out, out, maxKept: 2, examplesPerShard: 3, seed: 5 });
  const out = join(folder, 'unsolved');
  beforeAll(async () => {
    const [prompts, responses] = ['unsolved.jsonl', 'unsolved-responses.jsonl'].map((name) => join(folder, name));
    await writeFile(prompts, encodeRecords(rows));
    await writeFile(responses, encodeRecords(rows.map(({ promptId }) => ({ promptId, response: '\\boxed{0}' }))));
    await scoreResponses({ prompts, responses, out });
    await routePrompts({ scores: out, out });
  });

  it('are counted where their worked solutions are no examples', async () => {
    const withoutExample = { notAsked: 0, unanswered: 1, wrong: 1, unformatted: 0 };
    expect(await publish(out)).toEqual({ selfDistill: 0, expert: 1, withoutExample });
  });

  it('must be among the prompts', async () => {
    const path = join(out, 'prompts.jsonl');
    await writeFile(path, readFileSync(path, 'utf8').split('\n').slice(1).join('\n'));
    await expect(publish(out)).rejects.toThrow(/has right, which is not among the prompts; route them again/);
  });
});

describe('Groups of correct trajectories', () => {
  it('are whole, each once, in memory and on disk, whatever the order', () => {
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    const routes = 700;
    const members = Array.from({ length: 4 * routes }, (_, at) => [at % routes, Math.floor(at / routes)]);
    const seen = new Map<number, number[]>();
    const collector = createGroupCollector(scratch, ({ route, trajectories }) => {
      expect(seen.has(route)).toBe(false);
      seen.set(
        route,
        trajectories.map(({ trajectoryIndex }) => trajectoryIndex),
      );
    });
    const text = 'x'.repeat(20_000);
    for (const [route, trajectoryIndex] of createRandom(1).shuffle(members)) {
      const promptId = String(route);
      const score = { promptId, trajectoryIndex, reward: 1, isCorrect: true, rewardBreakdown: {} };
      const trajectory = { ...aTrajectory({ promptId, trajectoryIndex, text }), model: 'one' };
      const correctTrajectoryIndices = [0, 1, 2, 3];
      collector.add(route, [trajectory, score], () => ({
        ...{ promptId, kind: 'self-distill', passRate: 0.5, groupSize: 8 },
        correctTrajectoryIndices,
      }));
    }
    collector.rest();
    expect(readdirSync(scratch).length).toBeGreaterThan(0);
    expect([...seen.values()].map((indices) => indices.toSorted())).toEqual(Array(routes).fill([0, 1, 2, 3]));
  });
});

describe('A row of the table of disagreements', () => {
  it('stays one row of five cells, whatever is in ids, models and evidence', () => {
    const promptId = 'a|b\nc';
    const trajectory = { ...aTrajectory({ promptId }), model: 'x|\r\ny\u001b[31m', officialCorrect: true };
    const part = { value: 0, weight: 1, version: 'accuracy@2', evidence: 'says | and\n\nmore' };
    const score = { promptId, trajectoryIndex: 0, reward: 0, isCorrect: false, rewardBreakdown: { accuracy: part } };
    expect(renderDisagreement({ trajectory, score })).toBe(
      '| a\\|b c | x\\| y [31m | wrong | correct | says \\| and more |\n',
    );
  });
});
