// Shape suffixes: P = distinct prompts, U = image tokens, F = width of their features, D = model width,
// R = sequences that begin, B = decoded slots, V = vocabulary.
import * as tf from '@tensorflow/tfjs-core';
import { adoptWeights } from '../models/adopt-weights.ts';
import { createImageEncoder } from '../models/image-encoder.ts';
import { createModelInput, measureInput } from '../models/model-input.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { ProcessedImage } from '../processing/processor.ts';
import type { Executor } from '../runtime/executor.ts';
import { paddingFor, padInput } from '../runtime/padding.ts';
import { listTensors } from '../runtime/tensor-tree.ts';
import {
  drawUniforms,
  fillUp,
  type PrefillInputs,
  type StepInputs,
  sharedTemperature,
  uploadSpans,
  uploadStep,
} from './decoder-inputs.ts';
import { type DrawnTokens, drawTokens } from './draw-tokens.ts';
import { createKeyValueCache } from './key-value-cache.ts';
import { Sequence, type SequenceRequest } from './sequence.ts';

/**
 * Tokens that a growing cache makes room for: to attend to what is empty costs less than to grow, and another graph.
 */
const RESERVE = 64;

/** The model at work on sequences that each have a slot of one key-value cache. */
export interface SlotDecoder {
  /** Begins a sequence for each request, in the slot of its number, and draws its first token. */
  begin(requests: readonly SequenceRequest[], slots: readonly number[]): Sequence[];
  /** Draws the next token of the sequences in the first slots. */
  step(sequences: readonly (Sequence | undefined)[]): void;
  /** Slot `i` takes what slot `sources[i]` held; slots past the sources are lost. */
  move(sources: readonly number[]): void;
  /** Frees the cache; the next sequence takes one anew. */
  release(): void;
}

export function createSlotDecoder(model: VisionLanguageModel, executor: Executor, slotCount: number): SlotDecoder {
  adoptWeights(executor, model);
  const cache = createKeyValueCache(executor, model.config, slotCount);
  const padding = paddingFor(executor);

  const decode = executor.define(
    ({ tokenIds_B, lengths_B, positions_B, uniforms_B, room, temperature }: StepInputs) => {
      const hidden_BD = model.decode({ tokenIds_B, positions_B, attend: cache.append(room, lengths_B) });
      return chooseTokens(model.computeLogits(hidden_BD), uniforms_B, temperature);
    },
  );

  /** Room for a number of tokens in each slot, and for some that follow. */
  function makeRoom(tokenCount: number, sequences: readonly (Sequence | undefined)[]): void {
    if (cache.room >= tokenCount) return;
    const longest = Math.max(...sequences.map((sequence) => sequence?.settings.maxNewTokens ?? 0));
    const room = roundUpToRoom(tokenCount + Math.min(longest, RESERVE));
    if (cache.room === 0) cache.reset(room);
    else cache.move([...Array(slotCount).keys()], room);
  }

  const prefill = executor.define((inputs: PrefillInputs) => {
    const { input, longest, lastRows_P, firstRows_R, promptOf_R, slots_R, uniforms_R, room, temperature } = inputs;
    const remember = cache.begin(room, longest, firstRows_R, slots_R);
    const logits_PV = model.computeLogits(model.computeHiddenStates(input, { chosen_R: lastRows_P, remember }));
    return chooseTokens(tf.gather(logits_PV, promptOf_R), uniforms_R, temperature);
  });

  const encodeImages = createImageEncoder(model, executor);
  /** Features of the distinct images, and rows that fill their shape up. */
  const encodePadded = (images: readonly ProcessedImage[]) =>
    tf.tidy(() => {
      const features_UF = encodeImages([...new Set(images)]);
      const [count] = features_UF.shape;
      return tf.pad(features_UF, [
        [0, padding.count(count) - count],
        [0, 0],
      ]);
    });

  return {
    begin(requests, slots) {
      const prompts = [...new Set(requests.map(({ prompt }) => prompt))];
      const promptOf = requests.map(({ prompt }) => prompts.indexOf(prompt));
      const begun = prompts.map((prompt) => ({ prompt, continuationIds: [] }));
      const input = createModelInput(begun, model.config, padInput(measureInput(begun), padding));
      const spanOf = promptOf.map((prompt) => input.spans[prompt]);
      const sequences = requests.map((request, r) => new Sequence(request, spanOf[r].nextPosition));
      makeRoom(input.longest, sequences);
      const temperature = sharedTemperature(sequences);
      const inputs: PrefillInputs = {
        input: model.uploadInput(input, encodePadded),
        longest: input.longest,
        ...uploadSpans(input, promptOf, slots, padding),
        uniforms_R: tf.tensor1d(fillUp(drawUniforms(sequences, temperature), padding.count(requests.length))),
        room: cache.room,
        temperature,
      };
      takeTokens(sequences, prefill(inputs));
      tf.dispose(listTensors(inputs));
      return sequences;
    },
    step(sequences) {
      const lengths = sequences.map((sequence) => sequence?.cachedLength ?? 0);
      makeRoom(Math.max(...lengths) + 1, sequences);
      const inputs = uploadStep(sequences, cache.room);
      takeTokens(sequences, decode(inputs));
      tf.dispose(listTensors(inputs));
    },
    move: (sources) => cache.move(sources, cache.room),
    release: () => cache.release(),
  };
}

type ChosenTokens = DrawnTokens | { logits_BV: tf.Tensor2D };

/** Tokens, or where the host draws them, the logits. */
function chooseTokens(logits_BV: tf.Tensor2D, uniforms_B: tf.Tensor1D, temperature: number | null): ChosenTokens {
  return temperature === null ? { logits_BV } : drawTokens(logits_BV, uniforms_B, temperature);
}

/** Gives each sequence its token, and disposes them. */
function takeTokens(sequences: readonly (Sequence | undefined)[], chosen: ChosenTokens): void {
  if ('logits_BV' in chosen) {
    const [, vocabSize] = chosen.logits_BV.shape;
    const logits = chosen.logits_BV.dataSync<'float32'>();
    sequences.forEach((sequence, b) => {
      sequence?.takeFrom(logits.subarray(b * vocabSize, (b + 1) * vocabSize));
    });
  } else {
    const [tokenIds, logprobs] = [chosen.tokenIds_B.dataSync(), chosen.logprobs_B.dataSync()];
    sequences.forEach((sequence, b) => {
      sequence?.take(tokenIds[b], logprobs[b]);
    });
  }
  tf.dispose(listTensors(chosen));
}

/** The next of 16, 24, 32, 48, 64, 96, ..: each holds at most half more than asked for, and few graphs are traced. */
function roundUpToRoom(tokenCount: number): number {
  const octave = Math.max(16, 2 ** Math.floor(Math.log2(tokenCount)));
  return [1, 1.5, 2].map((factor) => factor * octave).find((room) => room >= tokenCount)!;
}
