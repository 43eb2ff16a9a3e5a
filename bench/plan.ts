/**
 * Peaks of memory of rollouts, RL and SFT beside what `rise plan` predicts, each in a process of its own.
 *
 *     npm run bench -- plan [--model rise-tiny,medium,0.9B] [--precision bf16]
 *
 * `--model 3B` is the whole shape: rollouts and adapters, 8 to 12 GB. A case that needs more memory than is free is left out, and says so.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { footprintOf } from '../src/sizing/memory/footprint.ts';
import { totalBytes } from '../src/sizing/memory/memory.ts';
import { describeModel, type PlannedModel } from '../src/sizing/planned-model.ts';
import type { Precision, PromptSize, Work } from '../src/sizing/work.ts';
import { mediumCheckpoint } from '../test/support/medium-checkpoint.ts';
import { warnIfBusy } from './support/machine.ts';
import type { Peak, PeakCase } from './support/plan-peak.ts';
import { realCheckpoint } from './support/real-checkpoint.ts';
import { printResult, printTable } from './support/report.ts';

type Size = Omit<PeakCase, 'folder' | 'precision'>;

const ROLLOUT: Size = { work: 'rollout', sequences: 1, promptTokens: 100, completionTokens: 8 };
const SMALL: readonly Size[] = [
  { ...ROLLOUT, sequences: 64, completionTokens: 128 },
  { work: 'rl', sequences: 8, promptTokens: 100, completionTokens: 64 },
  { work: 'sft', sequences: 16, promptTokens: 400, completionTokens: 64 },
];
const LARGE: readonly Size[] = [
  ROLLOUT,
  { ...ROLLOUT, sequences: 16, promptTokens: 200, completionTokens: 128 },
  { work: 'sft', sequences: 1, promptTokens: 200, completionTokens: 200 },
  { work: 'sft', sequences: 1, promptTokens: 200, completionTokens: 200, adapterRank: 16 },
  { work: 'rl', sequences: 8, promptTokens: 256, completionTokens: 256, adapterRank: 16 },
];

/** The whole 3B: whole weights of it are 60 GB in training. */
const WHOLE: readonly Size[] = [
  ROLLOUT,
  { work: 'sft', sequences: 1, promptTokens: 128, completionTokens: 128, adapterRank: 16 },
  { work: 'rl', sequences: 2, promptTokens: 256, completionTokens: 256, adapterRank: 16 },
];

const MODELS: Record<string, { folder(): string | Promise<string>; sizes: readonly Size[] }> = {
  'rise-tiny': { folder: () => join(packageRoot, 'models/rise-tiny'), sizes: SMALL },
  medium: { folder: mediumCheckpoint, sizes: SMALL },
  '0.9B': { folder: () => realCheckpoint('0.9B'), sizes: LARGE },
  '3B': { folder: () => realCheckpoint('3B'), sizes: WHOLE },
};

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'rise-tiny,medium,0.9B' },
    precision: { type: 'string', multiple: true, default: ['float32', 'bf16'] },
  },
});

const run = promisify(execFile);
/** Of the case that is asked for first, before the prompt's own length is known. */
const IMAGE_TOKENS = 16;

interface Measured {
  model: string;
  ours: number;
  theirs: number;
  ratio: number;
  unit: 'bytes';
}

warnIfBusy();
const measured: Measured[] = [];
for (const name of values.model.split(',')) {
  if (!Object.hasOwn(MODELS, name)) throw new Error(`--model is ${Object.keys(MODELS).join(', ')}`);
  const folder = await MODELS[name].folder();
  const model = describeModel(name, JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  for (const precision of values.precision as Precision[]) {
    for (const size of MODELS[name].sizes)
      measured.push(...(await measure(name, model, { folder, precision, ...size })));
  }
}
printTable(
  ['', 'predicted GB', 'measured GB', 'ratio'],
  measured.map(({ model, ours, theirs, ratio }) => [model, ours / 1e9, theirs / 1e9, ratio]),
);
printResult('plan', measured);

async function measure(name: string, model: PlannedModel, peakCase: PeakCase): Promise<Measured[]> {
  const { work, precision, sequences, completionTokens, adapterRank } = peakCase;
  const trained = adapterRank === undefined ? '' : ' LoRA';
  const title = `${name} ${work}${trained} ${precision}, ${sequences} x ${peakCase.promptTokens} + ${completionTokens}`;
  const bound = predict(model, peakCase, {
    textTokens: peakCase.promptTokens,
    images: 1,
    tokensPerImage: IMAGE_TOKENS,
  });
  if (bound > process.availableMemory()) {
    console.error(`${title}: left out, it takes ${(bound / 1e9).toFixed(1)} GB`);
    return [];
  }
  const { stdout } = await run(process.execPath, [
    join(packageRoot, 'bench/support/plan-peak.ts'),
    JSON.stringify(peakCase),
  ]);
  const { peakBytes, promptTokens, imageTokens }: Peak = JSON.parse(stdout.trim().split('\n').at(-1)!);
  const prompt = { textTokens: promptTokens - imageTokens, images: 1, tokensPerImage: imageTokens };
  const predicted = predict(model, peakCase, prompt);
  return [{ model: title, ours: predicted, theirs: peakBytes, ratio: predicted / peakBytes, unit: 'bytes' }];
}

/** All sequences share one prompt. */
function predict({ shape, storedBytes }: PlannedModel, peakCase: PeakCase, prompt: PromptSize): number {
  const { work, precision, sequences, completionTokens, adapterRank } = peakCase;
  const adapter = adapterRank === undefined ? undefined : { rank: adapterRank, targets: 'all-linear' as const };
  const held = { precision, storedBytes, prompt, sequences, completionTokens };
  const planned: Work =
    work === 'rollout'
      ? { ...held, kind: 'rollout', groupSize: sequences }
      : { ...held, kind: 'training', adapter, isVisionFrozen: true, stateNumbers: 2, hasReference: false };
  const { device, host } = footprintOf(shape, planned, 'cpu');
  return totalBytes(device) + totalBytes(host);
}
