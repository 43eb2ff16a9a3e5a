import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import type { ExpertAnswer } from '../../src/schema/expert-answer.ts';
import type { ExpertSample } from '../../src/schema/expert-sample.ts';
import type { SftExample } from '../../src/schema/sft-example.ts';
import { killGroup, readManifests, riseRun } from '../support/rise-run.ts';
import { aSmallRunConfig } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const model = join(packageRoot, 'models/rise-tiny');

jest.setTimeout(1_200_000);

/** The small run's config with an expert. */
function aConfigWith(folder: string, expert: object): string {
  const path = aSmallRunConfig(folder);
  appendFileSync(path, `expert: ${JSON.stringify(expert)}\n`);
  return path;
}

/** Every record of the store's files whose path matches. */
function readAll<T>(store: string, pattern: RegExp): T[] {
  const paths = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((path) => pattern.test(path));
  const lines = paths.sort().flatMap((path) => readFileSync(join(store, path), 'utf8').trim().split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

describe('a model on our own engine as the expert', () => {
  const folder = aTemporaryFolder();
  const store = join(folder, 'store');
  const config = aConfigWith(folder, { name: 'policy', options: { model, answers: 8 } });

  it('teaches what it answers rightly, after a kill in mid-job as without one', async () => {
    const whole = await riseRun(config, store);
    expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: '' });

    const samples = readAll<ExpertSample>(store, /expert-samples\/\d+\/records\.jsonl$/);
    const answers = readAll<ExpertAnswer>(store, /expert\/\d+\/records\.jsonl$/);
    expect(samples.length).toBe(8 * answers.length);
    const verified = answers.filter(({ isVerified }) => isVerified);
    expect(verified.length).toBeGreaterThan(0);
    for (const { promptId, response, provider } of verified) {
      expect(provider).toBe('policy');
      expect(samples.filter((sample) => sample.promptId === promptId).map(({ text }) => text)).toContain(response);
    }
    const examples = readAll<SftExample>(store, /sft-shards\/index\.jsonl$/);
    const taught = examples.filter(({ source }) => source === 'expert').map(({ promptId }) => promptId);
    expect(taught.sort()).toEqual(verified.map(({ promptId }) => promptId).sort());
    expect([...readManifests(store).values()].join()).toContain('"policy": "2 (models/');

    const killed = join(folder, 'killed');
    const ended = await riseRun(config, killed, (event, child) => {
      if (event.kind === 'job-progress' && event.state === 'SampleExpertShards') killGroup(child);
    });
    expect(ended.code).toBeNull();
    expect((await riseRun(config, killed)).code).toBe(0);
    expect(readManifests(killed)).toEqual(readManifests(store));
  });
});
