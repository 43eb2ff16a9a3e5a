/**
 * The first job of a run up to its first sampled token, part by part: reads what the run's plan left on the store, and
 * samples it as the rollout stage does. Arguments: the store, the run's id. Prints one line of JSON, in seconds.
 */
import { loadBackend } from '../../../src/engine/backend.ts';
import { createSampler } from '../../../src/engine/generation/sampler.ts';
import { createTracedExecutor } from '../../../src/engine/graph/traced-executor.ts';
import { configKey, iterationName, planPromptsKey } from '../../../src/schema/keys.ts';
import { Prompt } from '../../../src/schema/prompt.ts';
import { loadStoredPolicy, processStoredPrompt } from '../../../src/stages/stored-policy.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readConfig, readRecords } from '../../../src/store/records.ts';
import { requestSiblings } from './rollout.ts';

const [place, runId] = process.argv.slice(2);
let last = 0;
/** Seconds since the last call; at first, since this process began. */
const lap = () => {
  const seconds = (performance.now() - last) / 1000;
  last = performance.now();
  return seconds;
};

const workerStart = lap();
loadBackend();
const tensorflow = lap();
const store = openStore(place);
const config = await readConfig(store, configKey(runId));
const policy = await loadStoredPolicy(store, config.policy.model, config);
const modelLoad = lap();
const prompts = await readRecords(store, planPromptsKey(runId, iterationName(0), 0), Prompt);
const inputs = await Promise.all(prompts.map((prompt) => processStoredPrompt(store, policy.processor, prompt, config)));
const images = lap();
const requests = requestSiblings(inputs, config.rl.groupSize);
const sampler = createSampler(policy.model, createTracedExecutor(), requests.length);
const [prefill, firstStep] = await timeTwoTokens();
const [warmPrefill, warmStep] = await timeTwoTokens();
console.log(JSON.stringify({ workerStart, tensorflow, modelLoad, images, prefill, firstStep, warmPrefill, warmStep }));

/** Seconds until every sequence of the batch has its first token, and from there to its second. */
async function timeTwoTokens(): Promise<number[]> {
  const seconds: number[] = [];
  lap();
  const settings = { ...config.sampling, maxNewTokens: 2, stopTokenIds: [] };
  await sampler.generate(requests, settings, () => seconds.push(lap()));
  return seconds;
}
