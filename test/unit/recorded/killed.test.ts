import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { publishRecorded } from '../../../src/recorded/publish-recorded.ts';
import { routePrompts } from '../../../src/recorded/route-prompts.ts';
import { scoreResponses } from '../../../src/recorded/score-responses.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import { startRise } from '../../support/rise-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const [prompts, responses, out] = ['prompts.jsonl', 'responses.jsonl', 'out'].map((name) => join(folder, name));
const hidden = (place: string) => readdirSync(place).filter((name) => name.startsWith('.'));

jest.setTimeout(120_000);

beforeAll(async () => {
  await writeFile(prompts, encodeRecords([{ id: '1', question: 'q', answer: '7' }]));
  const answers = ['\\boxed{7}', '\\boxed{8}'].map((response) => ({ promptId: '1', response }));
  await writeFile(responses, encodeRecords(answers));
});

/** Runs a command that waits for a pipe in place of a file, and kills it once it has left what `isUnderWay` looks for. */
async function killWaiting(pipe: string, args: string[], isUnderWay: () => boolean): Promise<void> {
  if (existsSync(pipe)) renameSync(pipe, `${pipe}.kept`);
  execFileSync('mkfifo', [pipe]);
  const { child, ended } = startRise(args);
  while (!isUnderWay()) {
    if (child.exitCode !== null) throw new Error((await ended).stderr);
    await setTimeout(20);
  }
  child.kill('SIGKILL');
  await ended;
  rmSync(pipe);
  if (existsSync(`${pipe}.kept`)) renameSync(`${pipe}.kept`, pipe);
}

it('What a killed `rise score` had half written goes with the next one', async () => {
  const pipe = join(folder, 'pipe.jsonl');
  const isUnderWay = () => existsSync(join(out, '.pending')) && readdirSync(join(out, '.pending')).length >= 2;
  await killWaiting(pipe, ['score', '--prompts', prompts, '--responses', pipe, '--out', out], isUnderWay);
  expect(hidden(out)).toEqual(['.pending']);
  await scoreResponses({ prompts, responses, out });
  expect(hidden(out)).toEqual([]);
});

it('A failed `rise score` leaves nothing half written', async () => {
  const failed = join(folder, 'failed');
  const none = join(folder, 'none.jsonl');
  await writeFile(none, encodeRecords([{ promptId: 'other', response: '7' }]));
  await expect(scoreResponses({ prompts, responses: none, out: failed })).rejects.toThrow(/answers other/);
  expect(hidden(failed)).toEqual([]);
});

it('What a killed `rise shards` had put aside goes with the next one', async () => {
  await scoreResponses({ prompts, responses, out });
  await routePrompts({ scores: out, out });
  const isUnderWay = () => hidden(out).length > 0;
  await killWaiting(join(out, 'routes.jsonl'), ['shards', '--scores', out, '--out', out], isUnderWay);
  expect(hidden(out)).toEqual([expect.stringMatching(/^\.shards-\d+@/)]);
  await publishRecorded({ scores: out, out, maxKept: 1, examplesPerShard: 3, seed: 5 });
  expect(hidden(out)).toEqual([]);
});
