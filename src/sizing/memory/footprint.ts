import { MEMORY_BOUNDS, planSegments } from '../../engine/training/plan-segments.ts';
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
        gradients: work.adapter ? 0 : passingGradient(shape, { precision, isHeadApart }),
      },
      { gradients: normBytes(shape, work) },
    ],
  };
}

/** Numbers of a large gradient that are on their way at once: `src/engine/training/large-weights.ts`. */
const LARGE_RUN = 2 ** 25;

/**
 * The largest gradient on its way to its buffer, or a run of one that comes in runs. Where the head is tied and not apart, its own
 * waits for that of the embeddings.
 */
function passingGradient(
  { config, weightShapes }: ModelShape,
  { precision, isHeadApart }: { precision: Precision; isHeadApart: boolean },
): number {
  const { vocabSize, hiddenSize, tiesEmbeddings } = config.text;
  const rounded = precision === 'bf16' ? BF16 : 0;
  const isInRuns = (numbers: number) => FLOAT32 * numbers > MEMORY_BOUNDS.gradient;
  const sizes = [...weightShapes.values()].map(sizeOf).map((numbers) => (isInRuns(numbers) ? LARGE_RUN : numbers));
  const waiting = tiesEmbeddings && !isHeadApart ? FLOAT32 * vocabSize * hiddenSize : 0;
  return Math.max(...sizes) * (FLOAT32 + rounded) + waiting;
}

/** Gradients whose squares are added up at once. */
const NORM_RUN = 2 ** 28;

/** After the last pass: the update itself writes where gradients, weights and moments lie. */
function normBytes(shape: ModelShape, { adapter }: TrainingWork): number {
  if (adapter) return 0;
  return Math.min(sum([...shape.weightShapes.values()].map((each) => FLOAT32 * sizeOf(each))), NORM_RUN);
}
