/**
 * Tokens per second of sampling 64 sequences (8 prompts with an image, 8 siblings each) at temperature 1, beside
 * `transformers.generate` on the same checkpoint, prompts and threads, the two in turn. Tokens of completions count, up to
 * and including the one that stops; both sides start from the processed prompts. `generate` runs a prompt again for each
 * sibling, as it always does. Where the processor multiplies in bfloat16, our bf16 is measured beside PyTorch's autocast too.
 *
 *     npm run bench -- rollout
 */

import type { Policy } from '../src/engine/policy.ts';
import type { ProcessedPrompt } from '../src/engine/processing/processor.ts';
import type { Precision } from '../src/engine/runtime/rewrites/mixed-precision.ts';
import { countSamplingFlops, measureMatmul, qwenConfigOf } from './support/flops.ts';
import { THREADS, warnIfBusy } from './support/machine.ts';
import { type BenchModel, benchModels, loadBenchModel } from './support/models.ts';
import { writePeerImages } from './support/peer-images.ts';
import { listPrecisions, startPytorch } from './support/pytorch.ts';
import { type BenchCase, caseName, median, printResult, printTable, RUNS } from './support/report.ts';
import {
  type BenchSampler,
  createBenchSampler,
  drawPrompts,
  readBenchConfig,
  requestSiblings,
} from './support/rollout.ts';

const PROMPTS = 8;
const GROUP_SIZE = 8;

interface RolloutCase extends BenchCase {
  /** Of a run, in the mean. */
  tokens: number;
  peerTokens: number;
  gigaflopPerToken: number;
  firstSeconds: number;
}

interface Sampled {
  tokens: number;
  seconds: number;
}

warnIfBusy();
const config = await readBenchConfig();
const peer = startPytorch('rollout.py');
const cases: RolloutCase[] = [];
for (const precision of await listPrecisions(peer)) {
  for (const model of benchModels()) cases.push(await measureCase(model, precision));
}
const { gigaflops: peerMatmul } = await peer.ask<{ gigaflops: number }>('matmul');
const matmul = measureMatmul();
await peer.stop();

console.log(`${PROMPTS} prompts x ${GROUP_SIZE} siblings, medians of ${RUNS} alternating runs, ${THREADS} threads`);
printTable(
  ['model', 'our tokens', 'theirs', 'ours tokens/s', 'generate tokens/s', 'ratio', 'our first run s'],
  cases.map((row) => [row.model, row.tokens, row.peerTokens, row.ours, row.theirs, row.ratio, row.firstSeconds]),
);
console.log('\nGFLOP/s reached, of what sampling needs, beside a product of two matrices');
printTable(
  ['model', 'MFLOP a token', 'ours', 'PyTorch'],
  [
    ...cases.map(({ model, gigaflopPerToken, ours, theirs }) => [
      model,
      gigaflopPerToken * 1000,
      gigaflopPerToken * ours,
      gigaflopPerToken * theirs,
    ]),
    ['matmul', '', matmul, peerMatmul],
  ],
);
printResult(
  'rollout',
  cases.map(({ model, ratio, ours, theirs, unit }) => ({ model, ratio, ours, theirs, unit })),
);

async function measureCase(benchModel: BenchModel, precision: Precision): Promise<RolloutCase> {
  const policy = await loadBenchModel(benchModel);
  const prompts = await drawPrompts(config, policy, PROMPTS);
  const stopTokenIds = benchModel.stopTokenIds(policy);
  const sampler = createBenchSampler(policy, PROMPTS * GROUP_SIZE, config, stopTokenIds, precision);
  await loadPeer(benchModel, prompts, stopTokenIds, precision);
  const ours: Sampled[] = [];
  const theirs: Sampled[] = [];
  let flops = 0;
  // The first run of either side warms it up.
  for (let run = 0; run <= RUNS; run++) {
    const sample = await sampleOurs(policy, sampler, prompts, run);
    ours.push(sample);
    flops += sample.flops;
    theirs.push(await peer.ask<Sampled>('generate', { seed: run }));
  }
  sampler.dispose();
  policy.model.dispose();
  const [rate, peerRate] = [ours, theirs].map((runs) =>
    median(runs.slice(1).map(({ tokens, seconds }) => tokens / seconds)),
  );
  return {
    model: caseName(benchModel.name, precision),
    ratio: rate / peerRate,
    ours: rate,
    theirs: peerRate,
    unit: 'tokens/s',
    tokens: sumTokens(ours) / ours.length,
    peerTokens: sumTokens(theirs) / theirs.length,
    gigaflopPerToken: flops / sumTokens(ours) / 1e9,
    firstSeconds: ours[0].seconds,
  };
}

async function sampleOurs(policy: Policy, sampler: BenchSampler, prompts: ProcessedPrompt[], run: number) {
  const requests = requestSiblings(prompts.map(asNew), GROUP_SIZE, run);
  const started = performance.now();
  const completions = await sampler.sample(requests);
  const seconds = (performance.now() - started) / 1000;
  const counted = completions.map(({ tokenIds }, at) => ({
    prompt: requests[at].prompt,
    completionTokens: tokenIds.length,
  }));
  return {
    seconds,
    tokens: counted.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    flops: countSamplingFlops(qwenConfigOf(policy.model), counted),
  };
}

/** The same prompt as if it came for the first time: features of its images are not known yet. */
function asNew({ tokenIds, images }: ProcessedPrompt): ProcessedPrompt {
  return { tokenIds, images: images.map((image) => ({ ...image })) };
}

async function loadPeer(
  model: BenchModel,
  prompts: ProcessedPrompt[],
  stopTokenIds: number[],
  precision: Precision,
): Promise<void> {
  const images = writePeerImages(prompts);
  const rows = requestSiblings(prompts, GROUP_SIZE).map(({ prompt }) => ({
    tokenIds: prompt.tokenIds,
    images: images.of(prompt),
  }));
  const { maxNewTokens } = config.sampling;
  await peer.ask('load', {
    model: model.folder,
    images: images.file,
    prompts: rows,
    stopTokenIds,
    maxNewTokens,
    precision,
  });
  images.remove();
}

function sumTokens(runs: readonly Sampled[]): number {
  return runs.reduce((sum, { tokens }) => sum + tokens, 0);
}
