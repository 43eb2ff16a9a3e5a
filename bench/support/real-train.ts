/**
 * Our side of real-training.ts: takes optimizer steps on a checkpoint as the training stages do, in a process of its own, whose peak of
 * memory is the system's figure, and gives the bytes of the policy's files to nobody.
 */
import { grpo } from '../../src/algorithms/grpo.ts';
import { sft } from '../../src/algorithms/sft.ts';
import { openEngine } from '../../src/engine/open-engine.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { AdapterConfig } from '../../src/schema/config/adapter.ts';
import { OptimizerConfig } from '../../src/schema/config/optimizer.ts';

/** What both sides do. */
export interface RealTraining {
  folder: string;
  precision: Precision;
  /** An adapter by GRPO, or all weights but the vision tower's by SFT. */
  method: 'lora' | 'full';
  sequences: RealSequence[];
  microBatchSequences: number;
  steps: number;
}

export interface RealSequence {
  promptIds: number[];
  completionIds: number[];
  sampling: number[];
  advantages: number[];
}

/** What they tell. */
export interface RealTrained {
  loadSeconds: number;
  stepSeconds: number[];
  losses: number[];
  peakBytes: number;
}

const { folder, precision, method, sequences, microBatchSequences, steps }: RealTraining = JSON.parse(process.argv[2]);
const peakBytes = () => process.resourceUsage().maxRSS * 1024;
const adapter = {
  kind: 'new' as const,
  config: AdapterConfig.parse({}),
  freezeVisionTower: true,
  seed: 1,
};
const started = performance.now();
const engine = await openEngine(folderModelFiles(folder), {
  engine: 'traced',
  precision,
  ...(method === 'lora' && { adapter }),
});
const training = await engine.train<object>({
  objective: method === 'lora' ? grpo.create(grpo.options.parse({}), { maxNewTokens: 256 }) : sft,
  optimizer: OptimizerConfig.parse({ learningRate: 1e-5 }),
  freezeVisionTower: true,
  totalSteps: steps,
  microBatchSequences,
});
const loadSeconds = (performance.now() - started) / 1000;
const batch = sequences.map(({ promptIds, completionIds, sampling, advantages }) => ({
  prompt: { tokenIds: promptIds, images: [] },
  completionIds,
  values: { sampling, advantages },
}));
const losses: number[] = [];
const stepSeconds = Array.from({ length: steps }, () => {
  const began = performance.now();
  losses.push(training.step(batch).loss);
  return (performance.now() - began) / 1000;
});
const trainedBytes = peakBytes();
let savedBytes = 0;
for (const files of [training.files(), training.state()]) {
  for (const [, contents] of files) {
    for (const piece of contents instanceof Uint8Array ? [contents] : contents) savedBytes += piece.byteLength;
  }
}
engine[Symbol.dispose]();
console.log(JSON.stringify({ loadSeconds, stepSeconds, losses, trainedBytes, savedBytes, peakBytes: peakBytes() }));
