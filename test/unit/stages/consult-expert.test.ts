import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { handler as consultExpert } from '../../../lambdas/consult-expert/handler.ts';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import { DeadLetter } from '../../../src/schema/dead-letter.ts';
import { EndpointError, InterruptedError, UnansweredPromptsError } from '../../../src/schema/errors.ts';
import { ExpertAnswer } from '../../../src/schema/expert-answer.ts';
import * as keys from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { runConsultExpert } from '../../../src/stages/consult-expert/run-consult-expert.ts';
import { assertAnswered } from '../../../src/stages/publish/assert-answered.ts';
import { readConsultations } from '../../../src/stages/read-consultations.ts';
import { sumExpertCost } from '../../../src/stages/report/sum-expert-cost.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { anExpertRoute, aPrompt, aResponse, aRunConfig } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { chatReply, type EndpointRequest, type LocalEndpoint, startEndpoint } from '../../support/local-endpoint.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const BUILT_IN = { accuracy: BUILT_IN_VERSIONS.accuracy, format: BUILT_IN_VERSIONS.format };
const run = { runId: 'run', configKey: keys.configKey('run') };
const item = { ...run, rollout: keys.DIAGNOSIS, shard: 0, shardCount: 1 };
const prefix = keys.expertPrefix('run', 0);
const BEFORE = { ...process.env };

let endpoint: LocalEndpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(async () => {
  process.env = { ...BEFORE };
  await endpoint.close();
});

/** A run whose policy solved none of four prompts; the Lambda's environment names the store. */
async function aRun(expert: object = {}, options: object = {}): Promise<Store> {
  const store = createLocalStore(mkdtempSync(join(folder, 'store-')));
  const price = { inputPerMillionTokens: 10, outputPerMillionTokens: 100 };
  const provider = { provider: 'openai', baseUrl: endpoint.url, model: 'teacher-1', apiKeyVariable: 'EXPERT_KEY' };
  const config = aRunConfig({
    expert: { name: 'endpoint', options: { ...provider, maxAttempts: 1, price, ...options }, ...expert },
  });
  const prompts = [0, 1, 2, 3].map((n) => aPrompt({ promptId: `p-${n}`, question: `How many, ${n}?` }));
  await store.write(run.configKey, JSON.stringify(config));
  await store.write(keys.planPromptsKey('run', keys.DIAGNOSIS, 0), encodeRecords(prompts));
  const routes = prompts.map(({ promptId }) => anExpertRoute(promptId));
  await store.write(keys.recordsKey(keys.routesPrefix('run', 0)), encodeRecords(routes));
  await finishWork(store, keys.planPrefix('run', keys.DIAGNOSIS), keys.routesPrefix('run', 0));
  Object.assign(process.env, { RISE_STORE: store.uri, EXPERT_KEY: 'sk-test' });
  return store;
}

const isAbout = (request: EndpointRequest, numbers: string) =>
  new RegExp(`many, [${numbers}]`).test(JSON.stringify(request.body.messages));
/** Right but for the first two, which it never gets. */
const teach = (request: EndpointRequest) => chatReply(aResponse(isAbout(request, '01') ? '8' : '7'));

describe('the stage that consults the expert', () => {
  it('parks what no answer may teach in a file of the manifest, and tells what all of it took', async () => {
    const store = await aRun();
    endpoint.answer = teach;
    const summary = await consultExpert(item);
    expect(summary).toMatchObject({ consulted: 4, answered: 4, verified: 2, expertReplies: 6, expertInputTokens: 600 });
    expect(summary.expertDollars).toBeCloseTo(6 * 0.002);
    const answers = await readRecords(store, keys.recordsKey(prefix), ExpertAnswer);
    expect(answers.map(({ isVerified, consultation }) => [isVerified, consultation?.replies])).toEqual([
      [false, 2],
      [false, 2],
      [true, 1],
      [true, 1],
    ]);
    const letters = await readRecords(store, keys.deadLettersKey(prefix), DeadLetter);
    expect(letters.map(({ prompt, said }) => [prompt.promptId, said.length])).toEqual([
      ['p-0', 2],
      ['p-1', 2],
    ]);
    const { parts, versions } = await readJson(store, keys.manifestKey(prefix), Manifest);
    expect(parts.map(({ key, records }) => [key, records])).toEqual([
      [keys.deadLettersKey(prefix), 2],
      [keys.recordsKey(prefix), 4],
    ]);
    expect(versions).toMatchObject({ ...BUILT_IN, endpoint: '1 (openai teacher-1)' });
    const consultations = await readConsultations(store, { ...run, shardCount: 1 });
    expect(sumExpertCost(consultations)).toMatchObject({ consulted: 4, verified: 2, expertOutputTokens: 60 });
  });

  it('lets the run go on under the tolerated share, and ends it over it by the name of the file', async () => {
    const store = await aRun();
    endpoint.answer = teach;
    await consultExpert(item);
    const consultations = await readConsultations(store, { ...run, shardCount: 1 });
    const expert = { name: 'endpoint', options: {} };
    expect(() => assertAnswered(expert, consultations)).not.toThrow();
    expect(() => assertAnswered({ ...expert, toleratedShare: 0.49 }, consultations)).toThrow(UnansweredPromptsError);
    expect(() => assertAnswered({ ...expert, toleratedShare: 0.49 }, consultations)).toThrow(
      /^2 of 4 prompts that the expert endpoint was asked .* 0\.49 .*; runs\/run\/expert\/00000\/dead-letters\.jsonl hold/,
    );
    expect(() => assertAnswered({ name: 'none', options: {} }, [{ consulted: 9, verified: 0 }])).not.toThrow();
  });

  it('goes on where an outage ended it, and gives the same bytes', async () => {
    const undisturbed = await aRun();
    endpoint.answer = teach;
    await consultExpert(item);
    const store = await aRun({ toleratedShare: 0.1 });
    endpoint.answer = (request) => (isAbout(request, '3') ? { status: 503, body: '' } : teach(request));
    await expect(consultExpert(item)).rejects.toThrow(EndpointError);
    expect(await store.exists(keys.manifestKey(prefix))).toBe(false);
    endpoint.answer = teach;
    endpoint.requests.length = 0;
    await consultExpert(item);
    const asked = endpoint.requests.filter((request) => isAbout(request, '3'));
    expect(asked).toHaveLength(1);
    const withoutTimes = async (from: Store) =>
      (await readRecords(from, keys.recordsKey(prefix), ExpertAnswer)).map(({ consultation, ...answer }) => ({
        ...answer,
        consultation: { ...consultation, waitSeconds: 0 },
      }));
    expect(await withoutTimes(store)).toEqual(await withoutTimes(undisturbed));
  });

  it('stops when its time is over, and keeps what was answered', async () => {
    const store = await aRun({}, { concurrency: 2 });
    endpoint.answer = (request) => (isAbout(request, '3') ? new Promise<never>(() => {}) : teach(request));
    const stop = new AbortController();
    const environment = (name: string) => process.env[name];
    const progress: number[] = [];
    const report = ({ done }: { done: number }) => void progress.push(done);
    const stopped = runConsultExpert({ store, report, signal: stop.signal, environment }, item);
    while (progress.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await expect(stopped).rejects.toThrow(InterruptedError);
    expect(progress).toEqual([1, 2, 3]);
    endpoint.requests.length = 0;
    endpoint.answer = teach;
    expect(await consultExpert(item)).toMatchObject({ verified: 2, expertReplies: 6 });
    expect(endpoint.requests.every((request) => isAbout(request, '3'))).toBe(true);
  });
});
