import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { handler } from '../../../lambdas/score/handler.ts';
import { EndpointError } from '../../../src/schema/errors.ts';
import {
  configKey,
  iterationName,
  manifestKey,
  planPrefix,
  planPromptsKey,
  recordsKey,
  scoresPrefix,
  trajectoriesPrefix,
} from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { JudgeTotals, TrajectoryScore } from '../../../src/schema/trajectory.ts';
import { readScoring, sumJudgeTotals } from '../../../src/stages/report/read-scoring.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { aPrompt, aResponse, aRunConfig, aTrajectory } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { chatReply, type LocalEndpoint, startEndpoint } from '../../support/local-endpoint.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const rollout = iterationName(0);
const prefix = scoresPrefix('run', rollout, 0);
const item = { runId: 'run', configKey: configKey('run'), rollout, shard: 0, shardCount: 1 };
const BEFORE = { ...process.env };

let endpoint: LocalEndpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(async () => {
  process.env = { ...BEFORE };
  await endpoint.close();
});

/** Two prompts with two responses each, of which those of the first are the same; the Lambda's environment names the store. */
async function aJudgedRun(): Promise<Store> {
  const store = createLocalStore(mkdtempSync(join(folder, 'store-')));
  const judge = {
    provider: 'openai',
    baseUrl: endpoint.url,
    model: 'judge-1',
    apiKeyVariable: 'JUDGE_KEY',
    maxAttempts: 1,
  };
  const price = { inputPerMillionTokens: 10, outputPerMillionTokens: 100 };
  const config = aRunConfig({ rewards: { perception: { options: { judge: { ...judge, price } } } } });
  const prompts = ['p', 'q'].map((promptId) => aPrompt({ promptId, annotations: ['red 7', 'blue 3'] }));
  const trajectories = prompts.flatMap(({ promptId }) =>
    [0, 1].map((trajectoryIndex) => {
      const thought = promptId === 'p' ? 'red 7' : `blue ${trajectoryIndex}`;
      return aTrajectory({ promptId, trajectoryIndex, text: aResponse('7', thought) });
    }),
  );
  await store.write(configKey('run'), JSON.stringify(config));
  await store.write(planPromptsKey('run', rollout, 0), encodeRecords(prompts));
  await store.write(recordsKey(trajectoriesPrefix('run', rollout, 0)), encodeRecords(trajectories));
  await finishWork(store, planPrefix('run', rollout), trajectoriesPrefix('run', rollout, 0));
  Object.assign(process.env, { RISE_STORE: store.uri, JUDGE_KEY: 'sk-test' });
  return store;
}

describe('scoring with a language model as judge', () => {
  it("adds the perception reward at its paper's weight, and what the judge took to the manifest", async () => {
    const store = await aJudgedRun();
    endpoint.answer = () => chatReply({ 1: true, 2: false });
    await handler(item);
    const [{ reward, rewardBreakdown }] = await readRecords(store, recordsKey(prefix), TrajectoryScore);
    expect(reward).toBeCloseTo(0.9 + 0.1 + 0.7 / 2);
    expect(rewardBreakdown.perception).toMatchObject({ weight: 0.7, version: 'perception@1 (openai judge-1)' });
    const { summary, versions } = await readJson(store, manifestKey(prefix), Manifest);
    expect(versions.perception).toBe('1 (openai judge-1)');
    expect(summary).toMatchObject({ trajectories: 4, judgements: 3, judgeInputTokens: 300, judgeOutputTokens: 30 });
    expect(summary.judgeDollars).toBeCloseTo(0.006);
    expect(sumJudgeTotals(await readScoring(store, 'run'))).toEqual(JudgeTotals.parse(summary));
    expect(endpoint.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer sk-test'));
  });

  it('keeps what was judged before the judge failed; the next attempt gives the same bytes', async () => {
    const undisturbed = await aJudgedRun();
    endpoint.answer = () => chatReply({ 1: true, 2: false });
    await handler(item);
    const store = await aJudgedRun();
    endpoint.requests.length = 0;
    endpoint.answer = (_, index) => (index === 1 ? { status: 500, body: '' } : chatReply({ 1: true, 2: false }));
    await expect(handler(item)).rejects.toThrow(EndpointError);
    await handler(item);
    for (const key of [recordsKey(prefix), manifestKey(prefix)]) {
      expect(String(await store.read(key))).toBe(String(await undisturbed.read(key)));
    }
  });
});
