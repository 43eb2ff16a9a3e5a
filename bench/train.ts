/**
 * One GRPO step (forward, backward, clip by global norm, AdamW) beside PyTorch's on the same checkpoint, tokens and
 * threads, the two in turn. PyTorch runs the `transformers` model in plain eager mode with its fused attention and AdamW;
 * both sides compute logits of completion tokens only and freeze the vision tower. We compute an image's features once
 * for all siblings in a micro-batch, `transformers` for each of them. Where the processor multiplies in bfloat16, our bf16 is
 * measured beside PyTorch's autocast too. Fails when the losses disagree.
 *
 *     npm run bench -- train
 */

import { grpo } from '../src/algorithms/grpo.ts';
import { splitBySize } from '../src/base/split-list.ts';
import { adamw } from '../src/engine/optim/adamw.ts';
import type { Policy } from '../src/engine/policy.ts';
import type { Precision } from '../src/engine/runtime/rewrites/mixed-precision.ts';
import type { RlSequence } from '../src/stages/train-rl/prepare-sequences.ts';
import { countTrainingFlops, measureMatmul, qwenConfigOf } from './support/flops.ts';
import { THREADS, warnIfBusy } from './support/machine.ts';
import { type BenchModel, benchModels, loadBenchModel } from './support/models.ts';
import { writePeerImages } from './support/peer-images.ts';
import { listPrecisions, startPytorch } from './support/pytorch.ts';
import { type BenchCase, caseName, median, printResult, printTable, RUNS } from './support/report.ts';
import { createRlStepper, toRlSequences } from './support/rl-step.ts';
import { createBenchSampler, drawPrompts, readBenchConfig, requestSiblings } from './support/rollout.ts';

/** Of losses, relative; bfloat16 keeps eight bits. */
const MOST_DIFFERENCE: Record<Precision, number> = { float32: 1e-3, bf16: 2e-2 };
/** Prompts with a group of siblings each; the medium model's step takes 50 times rise-tiny's arithmetic for as many. */
const PROMPTS: Record<string, number> = { 'rise-tiny': 8, medium: 4 };

interface Measured {
  milliseconds: number[];
  losses: number[];
}

interface TrainCase extends BenchCase {
  sequences: number;
  tokens: number;
  gigaflop: number;
  precision: Precision;
  firstStep: number;
  lossDifference: number;
}

warnIfBusy();
const config = await readBenchConfig();
const peer = startPytorch('train.py');
const cases: TrainCase[] = [];
for (const precision of await listPrecisions(peer)) {
  for (const model of benchModels()) cases.push(await measureCase(model, precision));
}
const { gigaflops: peerMatmul } = await peer.ask<{ gigaflops: number }>('matmul');
const matmul = measureMatmul();
await peer.stop();

const perSecond = (milliseconds: number, { gigaflop }: TrainCase) => (gigaflop * 1000) / milliseconds;
console.log(`one GRPO step, medians of ${RUNS} alternating runs, ${THREADS} threads`);
printTable(
  ['model', 'sequences', 'tokens', 'ours ms', 'PyTorch ms', 'ratio', 'loss difference', 'our first step ms'],
  cases.map((row) => [
    row.model,
    row.sequences,
    row.tokens,
    row.ours,
    row.theirs,
    row.ratio,
    row.lossDifference.toExponential(1),
    row.firstStep,
  ]),
);
console.log('\nGFLOP/s reached, of what the step needs, beside a product of two matrices');
printTable(
  ['model', 'GFLOP a step', 'ours', 'PyTorch'],
  [
    ...cases.map((row) => [row.model, row.gigaflop, perSecond(row.ours, row), perSecond(row.theirs, row)]),
    ['matmul', '', matmul, peerMatmul],
  ],
);
printResult(
  'train',
  cases.map(({ model, ratio, ours, theirs, unit }) => ({ model, ratio, ours, theirs, unit })),
);
for (const { model, lossDifference, precision } of cases) {
  if (lossDifference <= MOST_DIFFERENCE[precision]) continue;
  console.error(
    `the losses of ${model} differ by more than ${MOST_DIFFERENCE[precision]}: the two sides do not train the same`,
  );
  process.exitCode = 1;
}

async function measureCase(benchModel: BenchModel, precision: Precision): Promise<TrainCase> {
  const policy = await loadBenchModel(benchModel);
  const requests = requestSiblings(await drawPrompts(config, policy, PROMPTS[benchModel.name]), config.rl.groupSize);
  const sampler = createBenchSampler(policy, requests.length, config, benchModel.stopTokenIds(policy), 'float32');
  const completions = await sampler.sample(requests);
  sampler.dispose();
  const sequences = toRlSequences(policy, requests, completions);
  await loadPeer(benchModel, splitSorted(sequences, config.rl.microBatchSequences), precision);
  const { ours, theirs } = await takeTurns(policy, sequences, precision);
  const lengths = sequences.map(({ prompt, completionIds }) => ({ prompt, completionTokens: completionIds.length }));
  const gigaflop = countTrainingFlops(qwenConfigOf(policy.model), lengths) / 1e9;
  policy.model.dispose();
  const [milliseconds, peerMilliseconds] = [ours, theirs].map((side) => median(side.milliseconds.slice(1)));
  return {
    model: caseName(benchModel.name, precision),
    precision,
    ratio: milliseconds / peerMilliseconds,
    ours: milliseconds,
    theirs: peerMilliseconds,
    unit: 'ms',
    sequences: sequences.length,
    tokens: lengths.reduce((sum, { prompt, completionTokens }) => sum + prompt.tokenIds.length + completionTokens, 0),
    gigaflop,
    firstStep: ours.milliseconds[0],
    lossDifference: Math.max(
      ...ours.losses.map((loss, run) => Math.abs(loss - theirs.losses[run]) / Math.abs(theirs.losses[run])),
    ),
  };
}

/** As PyTorch users batch: sequences of like length together, padded to the longest. */
function splitSorted(sequences: readonly RlSequence[], size: number): RlSequence[][] {
  const lengthOf = ({ prompt, completionIds }: RlSequence) => prompt.tokenIds.length + completionIds.length;
  return splitBySize(
    sequences.toSorted((a, b) => lengthOf(a) - lengthOf(b)),
    size,
  );
}

/** The first step of either side warms it up: ours traces its graphs then. */
async function takeTurns(policy: Policy, sequences: readonly RlSequence[], precision: Precision) {
  const stepper = createRlStepper(policy, sequences, config, RUNS + 1, precision);
  const ours: Measured = { milliseconds: [], losses: [] };
  const theirs: Measured = { milliseconds: [], losses: [] };
  for (let run = 0; run <= RUNS; run++) {
    const started = performance.now();
    const { loss, learningRate } = stepper.step();
    ours.milliseconds.push(performance.now() - started);
    ours.losses.push(loss);
    const answer = await peer.ask<{ seconds: number; loss: number }>('step', { learningRate });
    theirs.milliseconds.push(answer.seconds * 1000);
    theirs.losses.push(answer.loss);
  }
  stepper.dispose();
  return { ours, theirs };
}

async function loadPeer(model: BenchModel, microBatches: RlSequence[][], precision: Precision): Promise<void> {
  const options = grpo.options.parse(config.rl.algorithm.options);
  const images = writePeerImages(microBatches.flat().map(({ prompt }) => prompt));
  await peer.ask('load', {
    model: model.folder,
    images: images.file,
    clip: { low: options.clipRatioLow, high: options.clipRatioHigh },
    optimizer: { maxGradNorm: config.rl.optimizer.maxGradNorm, ...adamw.options.parse(config.rl.optimizer.options) },
    precision,
    microBatches: microBatches.map((micro) =>
      micro.map(({ prompt, completionIds, values }) => ({
        completionIds,
        samplingLogprobs: values.sampling,
        advantages: values.advantages,
        promptIds: prompt.tokenIds,
        images: images.of(prompt),
      })),
    ),
  });
  images.remove();
}
