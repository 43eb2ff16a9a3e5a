import { planSegments } from '../../engine/training/plan-segments.ts';
import type { ModelShape } from '../model-shape.ts';
import { countParameters, sizeOf, sum } from '../model-shape.ts';
import { type Device, type Precision, promptTokens, type RolloutWork, type TrainingWork, type Work } from '../work.ts';
import { forwardActivations, trainingActivations } from './activations.ts';
import { cacheBytes, cacheRoom } from './cache.ts';
import { CUDA_DEVICE, CUDA_HOST, FRAGMENTATION, PROCESS } from './framework.ts';
import { imageBytes } from './images.ts';
import { type Footprint, type Memory, memoryOf, totalBytes } from './memory.ts';
import { sampledScores, trainingScores } from './scores.ts';
import { BF16, FLOAT32, frozenWeights, trainedMemory } from './weights.ts';

/** What a job holds at its peak, where all its sequences are as long as they may be. */
export function footprintOf(shape: ModelShape, work: Work, device: Device): Footprint {
  const { lasting, phases } =
    work.kind === 'rollout' ? rolloutMemory(shape, work, device) : trainingMemory(shape, work, device);
  const fullest = phases.map(memoryOf).reduce((most, phase) => (totalBytes(phase) > totalBytes(most) ? phase : most));
  const lost = FRAGMENTATION * totalBytes(fullest);
  const held = memoryOf({ ...fullest, ...lasting, gradients: fullest.gradients + (lasting.gradients ?? 0) });
  const process = PROCESS[work.kind];
  if (device === 'cpu') return { device: { ...held, framework: lost }, host: memoryOf({ framework: process }) };
  return {
    device: { ...held, framework: CUDA_DEVICE + lost },
    host: memoryOf({ weights: filesBytes(shape, work), framework: process + CUDA_HOST }),
  };
}

/** A bucket's files are received whole before a session takes them tensor by tensor. */
function filesBytes(shape: ModelShape, { storedBytes }: Work): number {
  return storedBytes * sum(Object.values(countParameters(shape)));
}

/** What is there all the time, and what comes and goes: one phase after another. */
interface Held {
  lasting: Partial<Memory>;
  phases: Partial<Memory>[];
}

/** Images first, then their prompts, then token after token. */
function rolloutMemory(shape: ModelShape, work: RolloutWork, device: Device): Held {
  const { config } = shape;
  const { sequences, prompt, completionTokens, groupSize } = work;
  const longest = promptTokens(prompt);
  const prompts = Math.ceil(sequences / groupSize);
  const scores = sampledScores(config, sequences);
  const prefill = forwardActivations(config, { tokens: prompts * longest, longest }, device);
  return {
    lasting: {
      weights: frozenWeights(shape, work),
      cache: cacheBytes(config, work.precision, sequences * cacheRoom(longest, completionTokens)),
    },
    phases: [
      { images: imageBytes(config, prompts * prompt.images, prompt.tokensPerImage) },
      { activations: prefill, scores },
    ],
  };
}

/** Images first where their tower is frozen, then forward and back. */
function trainingMemory(shape: ModelShape, work: TrainingWork, device: Device): Held {
  const { config } = shape;
  const { sequences, prompt, completionTokens, precision } = work;
  const longest = promptTokens(prompt) + completionTokens;
  const tokens = sequences * longest;
  const scored = sequences * completionTokens;
  const { blocks, chunkTokens } = planSegments(config, { tokens, completionTokens: scored });
  // A head that is cut off has its gradient go straight to its buffer.
  const isHeadApart = chunkTokens !== undefined;
  return {
    lasting: trainedMemory(shape, work),
    phases: [
      { images: imageBytes(config, sequences * prompt.images, prompt.tokensPerImage) },
      {
        activations: trainingActivations(config, {
          tokens,
          longest,
          blocks,
          precision,
          device,
          isAdapter: work.adapter !== undefined,
        }),
        scores: trainingScores(config, Math.min(scored, chunkTokens ?? scored), { precision, device }),
        gradients: work.adapter ? 0 : passingGradient(shape, precision, isHeadApart),
      },
      { gradients: updateBytes(shape, work) },
    ],
  };
}

/** The gradient of the embeddings on its way, and where the head is tied and not apart, that of the head, which waits for it. */
function passingGradient({ config }: ModelShape, precision: Precision, isHeadApart: boolean): number {
  const { vocabSize, hiddenSize, tiesEmbeddings } = config.text;
  const rounded = precision === 'bf16' ? BF16 : 0;
  const copies = tiesEmbeddings && !isHeadApart ? 2 * FLOAT32 : FLOAT32;
  return vocabSize * hiddenSize * (copies + rounded);
}

/** Gradients that an update scales at once. */
const UPDATE_RUN = 2 ** 28;

/** An update holds twice the largest weight, or a run of smaller ones. */
function updateBytes(shape: ModelShape, { adapter }: TrainingWork): number {
  if (adapter) return 0;
  const sizes = [...shape.weightShapes.values()].map((each) => FLOAT32 * sizeOf(each));
  return Math.min(sum(sizes), Math.max(UPDATE_RUN, 2 * Math.max(...sizes)));
}
