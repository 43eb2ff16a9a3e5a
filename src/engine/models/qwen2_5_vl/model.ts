// Shape suffixes: M = tokens of all sequences, R = chosen rows, U = merged patches, B = sequences that are decoded, D = model width.
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../../processing/processor.ts';
import { causalAttention } from '../../runtime/kernels/attention.ts';
import { rmsNorm } from '../../runtime/kernels/rms-norm.ts';
import type { NativeTensor } from '../../runtime/native-tensor.ts';
import { createWeightVariable, releaseWeight } from '../../runtime/weight-variable.ts';
import type { HostTensor } from '../../weights/encode-safetensors.ts';
import { createLayers, type Layers } from '../layers.ts';
import type { ModelInput } from '../model-input.ts';
import { selectWeights } from '../select-weights.ts';
import {
  type Attend,
  type DecodeInput,
  type ForwardOptions,
  type ImageEncoder,
  type RunSegment,
  runAsItIs,
  type VisionLanguageModel,
} from '../vision-language-model.ts';
import type { Qwen25VLConfig } from './config.ts';
import { runDecoder } from './decoder.ts';
import { type ImageTensors, type ModelTensors, uploadImages, uploadModelInput } from './model-tensors.ts';
import { computeStepRotary } from './rotary.ts';
import { runVisionTower } from './vision-tower.ts';
import { listWeightShapes } from './weight-shapes.ts';

let instances = 0;

/** Qwen2.5-VL (arXiv 2502.13923): vision tower and decoder, weights under their Hugging Face names. */
export class Qwen25VL implements VisionLanguageModel {
  readonly config: Qwen25VLConfig;
  readonly weights = new Map<string, tf.Variable>();
  readonly layers: Layers = createLayers(this.weights);

  /** @param tensors of every weight, under its Hugging Face name */
  constructor(config: Qwen25VLConfig, tensors: ReadonlyMap<string, HostTensor | NativeTensor>) {
    this.config = config;
    const instance = instances++;
    for (const [name, tensor] of selectWeights(tensors, listWeightShapes(config))) {
      this.weights.set(name, createWeightVariable(tensor, `${instance}/${name}`));
    }
  }

  withLayers(weights: Map<string, tf.Variable>, layers: Layers): Qwen25VL {
    return Object.assign(Object.create(Qwen25VL.prototype), this, { weights, layers });
  }

  isVisionWeight(name: string): boolean {
    return name.startsWith('visual.');
  }

  uploadInput(input: ModelInput, encodeImages?: ImageEncoder): ModelTensors {
    return uploadModelInput(input, this.config, encodeImages);
  }

  uploadImages(images: readonly ProcessedImage[]): ImageTensors {
    return uploadImages(images, this.config);
  }

  encodeImages(images: ImageTensors, runBlock = runAsItIs): tf.Tensor2D {
    return runVisionTower(images, this.config, this.layers, runBlock);
  }

  computeHiddenStates(
    input: ModelTensors,
    { chosen_R, remember, runBlock = runAsItIs }: ForwardOptions = {},
  ): tf.Tensor2D {
    const { sequences, rotary } = input;
    const { keyValueHeadCount } = this.config.text;
    const attend: Attend = (layer, heads) => {
      remember?.(layer, heads);
      return causalAttention(heads, sequences, keyValueHeadCount);
    };
    return tf.tidy(() => {
      const embeddings_MD = this.embed(input, runBlock);
      return runDecoder({ embeddings_MD, rotary, attend, chosen_R, runBlock }, this.config, this.layers);
    });
  }

  decode({ tokenIds_B, positions_B, attend }: DecodeInput): tf.Tensor2D {
    return tf.tidy(() => {
      const rotary = computeStepRotary(positions_B, this.config);
      const embeddings_MD = this.embedTokens(tokenIds_B);
      return runDecoder({ embeddings_MD, rotary, attend, runBlock: runAsItIs }, this.config, this.layers);
    });
  }

  computeLogits(hidden_RD: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const { tiesEmbeddings, rmsNormEpsilon } = this.config.text;
      const normed_RD = rmsNorm(hidden_RD, this.layers.weight('model.norm.weight'), rmsNormEpsilon);
      return this.layers.linear(tiesEmbeddings ? 'model.embed_tokens' : 'lm_head', normed_RD);
    });
  }

  get weightCount(): number {
    return [...this.weights.values()].reduce((sum, { size }) => sum + size, 0);
  }

  dispose(): void {
    for (const weight of this.weights.values()) {
      releaseWeight(weight);
      weight.dispose();
    }
    this.weights.clear();
  }

  private embed(input: ModelTensors, runBlock: RunSegment): tf.Tensor2D {
    const embeddings_MD = this.embedTokens(input.tokenIds_M);
    if (!input.embeddingRows_M) return embeddings_MD;
    const features_UD = input.imageFeatures_UD ?? this.encodeImages(input.images!, runBlock);
    return tf.gather(tf.concat([embeddings_MD, features_UD], 0), input.embeddingRows_M);
  }

  private embedTokens(tokenIds_M: tf.Tensor1D): tf.Tensor2D {
    return this.layers.embed('model.embed_tokens', tokenIds_M);
  }
}
