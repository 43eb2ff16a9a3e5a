import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { InterruptedError } from '../../../src/schema/errors.ts';
import { ExpertAnswer } from '../../../src/schema/expert-answer.ts';
import { ExpertSample } from '../../../src/schema/expert-sample.ts';
import * as keys from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { runConsultExpert } from '../../../src/stages/consult-expert/run-consult-expert.ts';
import { runSampleExpert } from '../../../src/stages/sample-expert/run-sample-expert.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { anExpertRoute, aResponse } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { aRunConfig, aStoredRun, jobDeps, MODEL_PREFIX, RUN_ID, writePlan } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const input = { runId: RUN_ID, configKey: keys.configKey(RUN_ID), shardCount: 1 };
const prefix = keys.expertSamplesPrefix(RUN_ID, 0);
const ADAPTER = 'models/adapter/';
let runs = 0;

/** A run of eight prompts, of which the policy never solved some. */
async function aRun(
  options: object = {},
  compute: Partial<RunConfig['compute']> = {},
  asked = ['prompt-1', 'prompt-2'],
) {
  const base = aRunConfig({ compute });
  const expert = { ...base.expert, name: 'policy', options: { model: MODEL_PREFIX, answers: 3, ...options } };
  const { store, prompts } = await aStoredRun(join(folder, String(runs++)), { ...base, expert });
  const others = prompts.map((prompt) => ({ ...prompt, promptId: `${prompt.promptId}-again` }));
  await writePlan(store, keys.DIAGNOSIS, [...prompts, ...others]);
  await store.write(keys.recordsKey(keys.routesPrefix(RUN_ID, 0)), encodeRecords(asked.map(anExpertRoute)));
  await finishWork(store, keys.routesPrefix(RUN_ID, 0));
  return store;
}

const samplesOf = (store: Store) => readRecords(store, keys.recordsKey(prefix), ExpertSample);

describe('the job that samples an expert', () => {
  it('answers the prompts that are routed to it, the same in whatever batches', async () => {
    const store = await aRun();
    expect(await runSampleExpert(jobDeps(store), input, 0)).toMatchObject({ prompts: 2, samples: 6 });
    const samples = await samplesOf(store);
    expect(samples.map(({ promptId, index }) => `${promptId} ${index}`)).toEqual(
      ['prompt-1', 'prompt-2'].flatMap((promptId) => [0, 1, 2].map((index) => `${promptId} ${index}`)),
    );
    expect(new Set(samples.map(({ text }) => text)).size).toBeGreaterThan(1);
    for (const { outputTokens } of samples) expect(outputTokens).toBeLessThanOrEqual(8);
    expect(samples.map(({ inputTokens }) => inputTokens > 0)).not.toContain(false);

    const narrow = await aRun({}, { decodeBatchSequences: 1 });
    await runSampleExpert(jobDeps(narrow), input, 0);
    expect(await samplesOf(narrow)).toEqual(samples);
    const more = await aRun({ answers: 4 });
    await runSampleExpert(jobDeps(more), input, 0);
    expect((await samplesOf(more)).filter(({ index }) => index < 3)).toEqual(samples);
    const { inputs } = await readJson(store, keys.manifestKey(prefix), Manifest);
    expect(inputs.map(({ key }) => key)).toContain(keys.manifestKey(keys.routesPrefix(RUN_ID, 0)));
  });

  it('samples in its own way, with its adapter', async () => {
    const sampling = { temperature: 0, maxNewTokens: 5 };
    const store = await aRun({ sampling });
    await runSampleExpert(jobDeps(store), input, 0);
    const [first, second] = await samplesOf(store);
    expect(second.text).toBe(first.text);
    expect(first.outputTokens).toBe(5);

    const adapted = await aRun({ sampling, adapter: ADAPTER });
    const files = join(packageRoot, 'test/fixtures/adapters/all-linear');
    for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
      await adapted.write(ADAPTER + name, readFileSync(join(files, name)));
    await runSampleExpert(jobDeps(adapted), input, 0);
    expect((await samplesOf(adapted))[0].text).not.toBe(first.text);
  });

  it('loads no model where nobody is asked', async () => {
    const store = await aRun({ model: 'models/none/' }, {}, []);
    expect(await runSampleExpert(jobDeps(store), input, 0)).toEqual({ prompts: 0, samples: 0, tokens: 0 });
  });

  it('goes on from the batches that it has, once it was stopped', async () => {
    // More prompts than a batch has.
    const asked = ['prompt-0', 'prompt-1', 'prompt-2', 'prompt-3', 'prompt-0-again'];
    const options = { answers: 8 };
    const whole = await aRun(options, { decodeBatchSequences: 8 }, asked);
    await runSampleExpert(jobDeps(whole), input, 0);
    const stopped = await aRun(options, { decodeBatchSequences: 8 }, asked);
    const sampling = (deps: ReturnType<typeof jobDeps>) => runSampleExpert(deps, input, 0);
    await expect(sampling(jobDeps(stopped, 1))).rejects.toThrow(InterruptedError);
    const again = jobDeps(stopped);
    await sampling(again);
    expect(await samplesOf(stopped)).toEqual(await samplesOf(whole));
  });
});

describe('the expert policy', () => {
  it('teaches the first sample that is right, and parks a prompt that has none', async () => {
    const store = await aRun();
    const said = (promptId: string, ...texts: string[]) =>
      texts.map((text, index): ExpertSample => {
        const finishReason = text.endsWith('</answer>') ? 'stop' : 'length';
        return { promptId, index, seed: index, text, finishReason, inputTokens: 20, outputTokens: 9 };
      });
    // What is 1 + 1?
    const samples = [
      ...said('prompt-1', aResponse('3'), '<think>So', aResponse('2'), aResponse('2')),
      ...said('prompt-2', aResponse('8')),
    ];
    await store.write(keys.recordsKey(prefix), encodeRecords(samples));
    await finishWork(store, prefix);
    const deps = { ...jobDeps(store), environment: () => undefined };
    const item = { ...input, rollout: keys.DIAGNOSIS, shard: 0 };
    expect(await runConsultExpert(deps, item)).toMatchObject({
      ...{ consulted: 2, answered: 2, verified: 1 },
      ...{ expertReplies: 4, expertInputTokens: 40, expertOutputTokens: 36, expertDollars: 0, expertWaitSeconds: 0 },
    });
    const answers = await readRecords(store, keys.recordsKey(keys.expertPrefix(RUN_ID, 0)), ExpertAnswer);
    expect(answers.map(({ promptId, isVerified }) => [promptId, isVerified])).toEqual([
      ['prompt-1', true],
      ['prompt-2', false],
    ]);
    expect(answers[0].response).toBe(aResponse('2'));
    expect(answers[0].consultation).toMatchObject({
      model: MODEL_PREFIX,
      replies: 3,
      inputTokens: 20,
      outputTokens: 27,
    });
    const { versions, inputs } = await readJson(store, keys.manifestKey(keys.expertPrefix(RUN_ID, 0)), Manifest);
    expect(versions).toMatchObject({ policy: `2 (${MODEL_PREFIX})` });
    expect(inputs.map(({ key }) => key)).toContain(keys.manifestKey(prefix));
  });
});
