/**
 * Tokens per second that rise-tiny's shape samples, by sequences decoded together; graphs are traced before the clock starts. Its random weights draw a stop token about
 * once in 20 tokens, as trained ones do.
 *
 *     node bench/decoding.ts [--sequences 512]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { createRandom } from '../src/base/random.ts';
import { createSampler } from '../src/engine/generation/sampler.ts';
import { parseModelConfig } from '../src/engine/models/qwen2_5_vl/config.ts';
import { initializeWeights } from '../src/engine/models/qwen2_5_vl/initialize-weights.ts';
import { Qwen25VL } from '../src/engine/models/qwen2_5_vl/model.ts';
import { loadBackend } from '../src/engine/runtime/backend.ts';
import { createTracedExecutor } from '../src/engine/runtime/traced-executor.ts';

const GROUP_SIZE = 8;
const PROMPT_TOKENS = 20;

const { values } = parseArgs({ options: { sequences: { type: 'string', default: '512' } } });
const sequences = Number(values.sequences);

loadBackend();
const config = parseModelConfig(JSON.parse(readFileSync(join(packageRoot, 'models/rise-tiny/config.json'), 'utf8')));
const model = new Qwen25VL(config, initializeWeights(config, 0));
const requests = drawRequests();
const settings = {
  temperature: 1,
  topP: 1,
  topK: 0,
  maxNewTokens: 48,
  stopTokenIds: Array.from({ length: Math.round(config.text.vocabSize / 20) }, (_, id) => id),
};
for (const slotCount of [64, 128, 256, 512].filter((size) => size <= sequences)) {
  const executor = createTracedExecutor();
  const sampler = createSampler(model, executor, slotCount);
  await sampler.generate(requests, settings);
  const started = { cpu: process.cpuUsage(), wall: performance.now() };
  const completions = await sampler.generate(requests, settings);
  const tokens = completions.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  const { user, system } = process.cpuUsage(started.cpu);
  executor.dispose();
  const perSecond = (tokens * 1000) / (performance.now() - started.wall);
  const perCpuSecond = (tokens * 1e6) / (user + system);
  console.log(
    `${slotCount} at once: ${perSecond.toFixed(0)} tokens per second, ${perCpuSecond.toFixed(0)} per CPU second`,
  );
}

/** Groups that share a prompt: one image of 8 x 8 patches and some text. */
function drawRequests() {
  const random = createRandom(1);
  const { imageTokenId, vision } = config;
  const prompts = Array.from({ length: sequences / GROUP_SIZE }, () => ({
    tokenIds: [
      ...Array<number>(16).fill(imageTokenId),
      ...Array.from({ length: PROMPT_TOKENS }, () => random.int(400)),
    ],
    images: [
      {
        pixelValues: Float32Array.from({ length: 64 * vision.patchLength }, () => random.next()),
        gridThw: [1, 8, 8] as [number, number, number],
      },
    ],
  }));
  return Array.from({ length: sequences }, (_, at) => ({ prompt: prompts[Math.floor(at / GROUP_SIZE)], seed: at }));
}
