import { join } from 'node:path';
import { AdapterConfig } from '../../../src/schema/config/adapter.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { InterruptedError } from '../../../src/schema/errors.ts';
import {
  checkpointPrefix,
  configKey,
  iterationName,
  manifestKey,
  metricsKey,
  policyPrefix,
  trainingStatePrefix,
} from '../../../src/schema/keys.ts';
import type { Prompt } from '../../../src/schema/prompt.ts';
import type { Trajectory } from '../../../src/schema/trajectory.ts';
import { processStoredPrompt } from '../../../src/stages/process-prompt.ts';
import { runRollout } from '../../../src/stages/rollout/run-rollout.ts';
import { StepMetrics } from '../../../src/stages/step-metrics.ts';
import { runTrainRl } from '../../../src/stages/train-rl/run-train-rl.ts';
import { storedModelFiles } from '../../../src/store/model-files.ts';
import { readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { readWeights } from '../../support/model-files.ts';
import { aRunConfig, aStoredRun, jobDeps, MODEL_PREFIX, RUN_ID, scoreBy, writePlan } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
let runs = 0;

const jobOf = (iteration: number) => ({
  runId: RUN_ID,
  configKey: configKey(RUN_ID),
  rollout: iterationName(iteration),
  iteration,
  policyVersion: iteration,
  policyPrefix: policyPrefix(RUN_ID, iteration, MODEL_PREFIX),
  shardCount: 1,
});

/** Something a random policy does about half of the time. */
const LOW_TOKENS = 160;
const startsWithLowToken = ({ tokenIds }: Trajectory) => tokenIds[0] < LOW_TOKENS;

/** The probability of what is rewarded, mean over the prompts. */
async function chanceOfReward(store: Store, config: RunConfig, prompts: readonly Prompt[], policy: string) {
  const scope = { store, runId: RUN_ID, config };
  using engine = await jobDeps(store).openPolicy(scope, policy);
  const inputs = await Promise.all(prompts.map((prompt) => processStoredPrompt(scope, engine.processor, prompt)));
  const tokens = Array.from({ length: LOW_TOKENS }, (_, id) => id);
  const firstTokens = inputs.flatMap((prompt) => tokens.map((id) => ({ prompt, completionIds: [id] })));
  const chances = engine.score(firstTokens, 128).map(([logprob]) => Math.exp(logprob));
  return chances.reduce((sum, chance) => sum + chance, 0) / prompts.length;
}

/** A run with a KL penalty to its base, of which nothing is done. */
async function aRun(adapter: Partial<AdapterConfig>) {
  const config = aRunConfig({
    policy: { adapter: AdapterConfig.parse({ rank: 8, alpha: 16, ...adapter }) },
    rl: {
      iterations: 4,
      groupSize: 8,
      stepsPerIteration: 4,
      microBatchSequences: 4,
      optimizer: { ...aRunConfig().rl.optimizer, learningRate: 5e-3 },
      algorithm: { name: 'grpo', options: { klCoefficient: 0.01 } },
    },
    compute: { checkpointSeconds: 0 },
  });
  return { config, ...(await aStoredRun(join(folder, String(runs++)), config)) };
}

/** Rolls an iteration out with the policy as it is, and scores it. */
async function rollOut(store: Store, prompts: Parameters<typeof writePlan>[2], iteration: number): Promise<void> {
  await writePlan(store, iterationName(iteration), prompts);
  await runRollout(jobDeps(store), jobOf(iteration), 0);
  await scoreBy(store, iterationName(iteration), startsWithLowToken);
}

const namesIn = async (store: Store, prefix: string) =>
  (await store.list(prefix)).map((key) => key.slice(prefix.length)).sort();

describe('a run that trains an adapter', () => {
  it('learns, samples by what it learned, and keeps the adapter and its moments alone', async () => {
    const { store, prompts, config } = await aRun({});
    const chances = [await chanceOfReward(store, config, prompts, MODEL_PREFIX)];
    for (let iteration = 0; iteration < 3; iteration++) {
      await rollOut(store, prompts, iteration);
      await runTrainRl(jobDeps(store), jobOf(iteration));
      const [, first] = await readRecords(store, metricsKey(checkpointPrefix(RUN_ID, iteration)), StepMetrics);
      // What is trained gives what was sampled the log-probabilities that the sampler did.
      expect(first['loss/approximateKl']).toBeLessThan(1e-6);
      chances.push(await chanceOfReward(store, config, prompts, checkpointPrefix(RUN_ID, iteration)));
    }
    expect(chances).toEqual(chances.toSorted());
    expect(chances[3]).toBeGreaterThan(chances[0] + 0.05);
    const ofAdapter = ['adapter_config.json', 'adapter_model.safetensors'];
    const [checkpoint, state] = [checkpointPrefix(RUN_ID, 2), trainingStatePrefix(RUN_ID, 2)];
    expect(await namesIn(store, checkpoint)).toEqual([...ofAdapter, 'manifest.json', 'metrics.jsonl']);
    expect(await namesIn(store, state)).toEqual(['optimizer.safetensors', 'trainer-state.json']);
    const weights = [...(await readWeights(storedModelFiles(store, checkpoint), 'adapter_model')).keys()];
    const moments = [...(await readWeights(storedModelFiles(store, state), 'optimizer')).keys()];
    expect(weights.filter((name) => name.includes('visual'))).toEqual([]);
    expect(moments.length).toBe(2 * weights.length);
  });

  it('ends as if never stopped, bit for bit', async () => {
    const manifests = [];
    for (const stopAfter of [Number.POSITIVE_INFINITY, 2]) {
      const { store, prompts } = await aRun({ dropout: 0.2 });
      await rollOut(store, prompts, 0);
      const run = runTrainRl(jobDeps(store, stopAfter), jobOf(0));
      if (stopAfter === 2) await expect(run).rejects.toThrow(InterruptedError);
      await run.catch(() => runTrainRl(jobDeps(store), jobOf(0)));
      manifests.push((await store.read(manifestKey(checkpointPrefix(RUN_ID, 0)))).toString());
    }
    expect(manifests[0]).toBe(manifests[1]);
  });
});
