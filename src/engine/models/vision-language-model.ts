// Shape suffixes: M = tokens of all sequences, R = chosen rows, B = sequences that are decoded, U = image tokens,
// F = width of their features, D = model width, V = vocabulary.
import type * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../processing/processor.ts';
import type { Heads } from '../runtime/kernels/attention.ts';
import type { Layers } from './layers.ts';
import type { ModelConfig } from './model-config.ts';
import type { ModelInput } from './model-input.ts';

/** A tree of tensors and plain values, which only the model that made it reads; the caller disposes its tensors. */
export type TensorTree = object;

/** Features of images, one row per image token, images one after another: `[U, F]`. The caller disposes them. */
export type ImageEncoder = (images: readonly ProcessedImage[]) => tf.Tensor2D;

/** Mixes the values that a layer's queries may see: those of its own tokens, or of a cache. */
export type Attend = (layer: number, heads: Heads) => tf.Tensor2D;

/** Runs a part of a model: as it is, or so that less of it is held. */
export type RunSegment = (x: tf.Tensor2D, compute: (x: tf.Tensor2D) => tf.Tensor2D) => tf.Tensor2D;

export const runAsItIs: RunSegment = (x, compute) => compute(x);

/** What a forward pass does besides. */
export interface ForwardOptions {
  /** Rows whose hidden states are asked for; all of them when absent. */
  chosen_R?: tf.Tensor1D;
  /** Is handed the heads of all tokens, for decoding. */
  remember?: (layer: number, heads: Heads) => void;
  /** Runs each block of vision tower and decoder: a function of its input, of tensors of the model's input and of weights. */
  runBlock?: RunSegment;
}

/** One new token for every row of a batch. */
export interface DecodeInput {
  tokenIds_B: tf.Tensor1D;
  /** The same on all three axes. */
  positions_B: tf.Tensor1D;
  attend: Attend;
}

/** A decoder that sees: all that training and generation know of a model, whatever its architecture. */
export interface VisionLanguageModel {
  readonly config: ModelConfig;
  /** Under their Hugging Face names. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Runs each linear layer of vision tower and decoder by name: an adapter may stand in for `linear`. */
  readonly layers: Layers;
  /** Those of its weights that training changes, by name, where the others are frozen: an adapter's. */
  readonly trainable?: ReadonlyMap<string, tf.Variable>;
  /**
   * The same model as one pass of training runs it, where it drops anything; the same seed drops the same.
   *
   * @param seed int32
   */
  withDropout?(seed: tf.Scalar): VisionLanguageModel;
  /** The same model with other layers, which go by other weights. */
  withLayers(weights: Map<string, tf.Variable>, layers: Layers): VisionLanguageModel;
  /** Numbers in all weights. */
  readonly weightCount: number;
  /** Whether a weight is the vision tower's, what merges its patches into decoder tokens included. */
  isVisionWeight(name: string): boolean;
  /**
   * A packed input as tensors: all that the forward pass reads besides weights, so that a graph can take it.
   *
   * @param encodeImages gives the images' features; without it the model computes them from the pixels
   */
  uploadInput(input: ModelInput, encodeImages?: ImageEncoder): TensorTree;
  /** Images as tensors: all that the vision tower reads besides weights. */
  uploadImages(images: readonly ProcessedImage[]): TensorTree;
  /** `[U, F]` features of uploaded images; F may hold more than one feature of width D. */
  encodeImages(images: TensorTree): tf.Tensor2D;
  /**
   * `[R, D]` final hidden states (before the last norm) of chosen rows, or of every one, each token seeing its own
   * sequence's past.
   */
  computeHiddenStates(input: TensorTree, options?: ForwardOptions): tf.Tensor2D;
  /** `[B, D]` hidden states (before the last norm) of one more token for every row. */
  decode(input: DecodeInput): tf.Tensor2D;
  /** `[R, V]` vocabulary logits of hidden states. */
  computeLogits(hidden_RD: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}
