// Shape suffixes: P = distinct prompts, R = sequences that begin, B = decoded slots.
import * as tf from '@tensorflow/tfjs-core';
import type { ModelInput } from '../models/model-input.ts';
import type { TensorTree } from '../models/vision-language-model.ts';
import type { Padding } from '../runtime/padding.ts';
import type { GenerationSettings, Sequence } from './sequence.ts';

export interface PrefillInputs {
  input: TensorTree;
  /** No prompt has more tokens. */
  longest: number;
  /** Where each prompt ends. */
  lastRows_P: tf.Tensor1D;
  /** Where the prompt of each sequence begins. */
  firstRows_R: tf.Tensor1D;
  promptOf_R: tf.Tensor1D;
  slots_R: tf.Tensor1D;
  uniforms_R: tf.Tensor1D;
  room: number;
  temperature: number | null;
}

export interface StepInputs {
  tokenIds_B: tf.Tensor1D;
  /** Tokens that each slot holds before this step. */
  lengths_B: tf.Tensor1D;
  positions_B: tf.Tensor1D;
  uniforms_B: tf.Tensor1D;
  room: number;
  temperature: number | null;
}

/** Repeats the last number: what fills a shape up repeats a prompt, or a sequence, which changes nothing. */
export function fillUp(numbers: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => numbers[Math.min(at, numbers.length - 1)]);
}

/** Where the sequences of some prompts begin and end; `promptOf` and `slots` have a number for each sequence. */
export function uploadSpans(
  { spans }: ModelInput,
  promptOf: readonly number[],
  slots: readonly number[],
  padding: Padding,
): Pick<PrefillInputs, 'lastRows_P' | 'firstRows_R' | 'promptOf_R' | 'slots_R'> {
  const lastRows = spans.map(({ firstRow, length }) => firstRow + length - 1);
  const firstRows = promptOf.map((prompt) => spans[prompt].firstRow);
  const count = padding.count(promptOf.length);
  return {
    lastRows_P: tf.tensor1d(fillUp(lastRows, padding.count(spans.length)), 'int32'),
    firstRows_R: tf.tensor1d(fillUp(firstRows, count), 'int32'),
    promptOf_R: tf.tensor1d(fillUp(promptOf, count), 'int32'),
    slots_R: tf.tensor1d(fillUp(slots, count), 'int32'),
  };
}

/** One more token for the sequences in the first slots; empty ones take zeros. */
export function uploadStep(sequences: readonly (Sequence | undefined)[], room: number): StepInputs {
  const temperature = sharedTemperature(sequences);
  const ofEach = (numberOf: (sequence: Sequence) => number) =>
    tf.tensor1d(
      sequences.map((sequence) => (sequence ? numberOf(sequence) : 0)),
      'int32',
    );
  return {
    tokenIds_B: ofEach(({ lastTokenId }) => lastTokenId),
    lengths_B: ofEach(({ cachedLength }) => cachedLength),
    positions_B: ofEach(({ position }) => position),
    uniforms_B: tf.tensor1d(drawUniforms(sequences, temperature)),
    room,
    temperature,
  };
}

/** The temperature at which a graph draws a token for each sequence; null where they differ, or ask for more. */
export function sharedTemperature(sequences: readonly (Sequence | undefined)[]): number | null {
  const [first = null, ...others] = sequences.flatMap((sequence) =>
    sequence ? [graphTemperature(sequence.settings)] : [],
  );
  return others.every((other) => other === first) ? first : null;
}

function graphTemperature(settings: GenerationSettings): number | null {
  const { temperature, topK, topP, repetitionPenalty = 1, likeliestCount = 0 } = settings;
  return topK === 0 && topP === 1 && repetitionPenalty === 1 && likeliestCount === 0 ? temperature : null;
}

export function drawUniforms(sequences: readonly (Sequence | undefined)[], temperature: number | null): number[] {
  return sequences.map((sequence) => (temperature === null ? 0 : (sequence?.drawUniform() ?? 0)));
}
