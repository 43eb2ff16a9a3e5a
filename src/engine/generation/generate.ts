// Shape suffixes: U = distinct prompts, B = sequences, T = prompt tokens (padded), R = chosen rows, D = model width, V = vocabulary.
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, type Random } from '../../schema/random.ts';
import type { LayerCache } from '../models/qwen2_5_vl/decoder.ts';
import type { Qwen25VL } from '../models/qwen2_5_vl/model.ts';
import { createModelInput } from '../models/qwen2_5_vl/model-input.ts';
import { uploadModelInput } from '../models/qwen2_5_vl/model-tensors.ts';
import type { ProcessedPrompt } from '../processing/processor.ts';
import { type SamplingSettings, sampleToken } from './sample-token.ts';

/** One completion to sample. Requests that hold the same prompt object share its prefill. */
export interface GenerationRequest {
  prompt: ProcessedPrompt;
  /** 32 bits; with the prompt and the settings it determines the completion, whatever the batch. */
  seed: number;
}

export interface GenerationSettings extends SamplingSettings {
  maxNewTokens: number;
  /** Any of these ends a completion; it is kept as the completion's last token. */
  stopTokenIds: readonly number[];
}

export interface Completion {
  tokenIds: number[];
  /** Natural log-probability of each token under the model at temperature 1 over the whole vocabulary. */
  logprobs: number[];
  finishReason: 'stop' | 'length';
}

/** Called after each decoding step with the number of sequences still running and the completions as they stand. */
export type OnStep = (runningSequences: number, completions: readonly Readonly<Completion>[]) => void;

/** Share of rows still running at which the batch shrinks to them: each shrinking copies what it keeps of the cache. */
const SHRINK_AT = 0.75;

/** Samples a completion for every request, all in one batch with a key-value cache. */
export function generate(
  model: Qwen25VL,
  requests: readonly GenerationRequest[],
  settings: GenerationSettings,
  onStep?: OnStep,
): Completion[] {
  if (requests.length === 0) return [];
  const sequences = requests.map((request) => new RunningSequence(request, settings));
  const completions = sequences.map((sequence) => sequence.completion);
  let rows = sequences;
  let state = prefill(model, requests);
  for (let step = 0; ; step++) {
    takeTokens(rows, state.logits_BV);
    const running = rows.flatMap((sequence, row) => (sequence.isRunning ? [row] : []));
    onStep?.(running.length, completions);
    if (running.length === 0) break;
    if (running.length <= SHRINK_AT * rows.length) {
      state = keepRows(state, running);
      rows = running.map((row) => rows[row]);
    }
    state = decode(
      model,
      state,
      rows.map((sequence) => sequence.lastTokenId),
      step,
    );
  }
  disposeCache(state.cache);
  return completions;
}

/** Each running row draws its next token. */
function takeTokens(rows: readonly RunningSequence[], logits_BV: tf.Tensor2D): void {
  const [, vocabSize] = logits_BV.shape;
  const logits = logits_BV.dataSync<'float32'>();
  logits_BV.dispose();
  rows.forEach((sequence, b) => {
    sequence.take(logits.subarray(b * vocabSize, (b + 1) * vocabSize));
  });
}

/** Decodes the last tokens, `step` tokens after the prompts, into the logits of the next. */
function decode(model: Qwen25VL, state: DecodingState, lastTokenIds: number[], step: number): DecodingState {
  const visible = appendVisible(state.visible, lastTokenIds.length);
  const positions = state.positions.map((position) => position + step);
  const next = model.decode({ tokenIds: Int32Array.from(lastTokenIds), positions, visible }, state.cache);
  disposeCache(state.cache);
  const logits_BV = model.computeLogits(next.hidden_MD);
  next.hidden_MD.dispose();
  return { ...state, cache: next.cache, logits_BV, visible };
}

/** Finished rows leave: they would be decoded on, unread. */
function keepRows(state: DecodingState, rows: readonly number[]): DecodingState {
  const { cache, positions, visible } = state;
  const length = visible.length / positions.length;
  const kept = tf.tidy(() => {
    const rows_B = tf.tensor1d([...rows], 'int32');
    return cache.map(({ keys, values }) => ({ keys: tf.gather(keys, rows_B), values: tf.gather(values, rows_B) }));
  });
  disposeCache(cache);
  const keptVisible = new Float32Array(rows.length * length);
  rows.forEach((row, b) => {
    keptVisible.set(visible.subarray(row * length, (row + 1) * length), b * length);
  });
  return { ...state, cache: kept, visible: keptVisible, positions: Int32Array.from(rows, (row) => positions[row]) };
}

/** A completion on its way, with its own random stream. */
class RunningSequence {
  readonly completion: Completion = { tokenIds: [], logprobs: [], finishReason: 'length' };
  isRunning = true;
  private readonly random: Random;
  private readonly seen: Set<number>;
  private readonly settings: GenerationSettings;

  constructor(request: GenerationRequest, settings: GenerationSettings) {
    this.random = createRandom(request.seed);
    this.seen = new Set(request.prompt.tokenIds);
    this.settings = settings;
  }

  /** A finished row decodes on, unread, until it leaves the batch: its last token stands in. */
  get lastTokenId(): number {
    return this.completion.tokenIds[this.completion.tokenIds.length - 1];
  }

  take(logits: Float32Array): void {
    if (!this.isRunning) return;
    const { tokenId, logprob } = sampleToken(logits, this.settings, this.random, this.seen);
    this.seen.add(tokenId);
    this.completion.tokenIds.push(tokenId);
    this.completion.logprobs.push(logprob);
    if (this.settings.stopTokenIds.includes(tokenId)) {
      this.completion.finishReason = 'stop';
      this.isRunning = false;
    } else if (this.completion.tokenIds.length >= this.settings.maxNewTokens) {
      this.isRunning = false;
    }
  }
}

interface DecodingState {
  cache: LayerCache[];
  /** Logits of each request's first new token. */
  logits_BV: tf.Tensor2D;
  /** `B x T`: 1 at a row's real tokens. */
  visible: Float32Array;
  /** B positions of the first new token. */
  positions: Int32Array;
}

/** Runs each distinct prompt once and copies its cache row to every request that shares it. */
function prefill(model: Qwen25VL, requests: readonly GenerationRequest[]): DecodingState {
  const prompts = [...new Set(requests.map((request) => request.prompt))];
  const promptOf = requests.map((request) => prompts.indexOf(request.prompt));
  const sequences = prompts.map((prompt) => ({ prompt, continuationIds: [] }));
  const input = createModelInput(sequences, model.config);
  const { cache, logits_BV } = tf.tidy(() => {
    const { hidden_MD, cache: cache_U } = model.prefill(uploadModelInput(input, model.config));
    const lastRows = promptOf.map((u) => u * input.length + input.lengths[u] - 1);
    const rows_B = tf.tensor1d(promptOf, 'int32');
    return {
      cache: cache_U.map(({ keys, values }) => ({ keys: tf.gather(keys, rows_B), values: tf.gather(values, rows_B) })),
      logits_BV: model.computeLogits(tf.gather(hidden_MD, tf.tensor1d(lastRows, 'int32'))),
    };
  });
  const visible = new Float32Array(requests.length * input.length);
  promptOf.forEach((u, b) => {
    visible.fill(1, b * input.length, b * input.length + input.lengths[u]);
  });
  return { cache, logits_BV, visible, positions: Int32Array.from(promptOf, (u) => input.nextPositions[u]) };
}

/** One more visible column for every row. */
function appendVisible(visible: Float32Array, batchSize: number): Float32Array {
  const length = visible.length / batchSize;
  const grown = new Float32Array(batchSize * (length + 1)).fill(1);
  for (let b = 0; b < batchSize; b++) grown.set(visible.subarray(b * length, (b + 1) * length), b * (length + 1));
  return grown;
}

function disposeCache(cache: LayerCache[]): void {
  for (const { keys, values } of cache) tf.dispose([keys, values]);
}
