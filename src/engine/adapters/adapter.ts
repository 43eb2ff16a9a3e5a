// Shape suffixes: M = rows (any number of tokens), D = width that a layer reads, r = rank, O = width that it writes.
import * as tf from '@tensorflow/tfjs-core';
import type { Layers } from '../models/layers.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import { drawUniform } from '../runtime/draw-uniform.ts';
import type { PeftConfig } from './peft-config.ts';

/**
 * Low-rank updates of some linear layers of a model, whose own weights stay as they are (LoRA, arXiv 2106.09685):
 *
 *     y = x W^T + scale (dropout(x) A^T) B^T
 */
export interface Adapter {
  readonly config: PeftConfig;
  /** Of each layer that it updates. */
  readonly scales: ReadonlyMap<string, number>;
  /** A `[r, D]` and B `[O, r]` of each layer, as `<layer>.lora_A.weight` and `<layer>.lora_B.weight`. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Share of inputs that an update does not see in training. */
  readonly dropout: number;
}

/** A model whose layers an adapter takes part in; its weights are both of theirs, which disposing frees. */
export function adaptModel(model: VisionLanguageModel, adapter: Adapter): VisionLanguageModel {
  const weights = new Map([...model.weights, ...adapter.weights]);
  const adapted = (draw?: Draw) => model.withLayers(weights, adaptLayers(model, adapter, draw));
  const trainable = adapter.weights;
  if (adapter.dropout === 0) return Object.assign(adapted(), { trainable });
  const withDropout = (seed: tf.Scalar) => adapted((x_MD, layer) => drop(x_MD, adapter.dropout, seed, layer));
  return Object.assign(adapted(), { trainable, withDropout });
}

/** What becomes of the input of the adapter of layer number `layer`. */
type Draw = (x_MD: tf.Tensor2D, layer: number) => tf.Tensor2D;

function adaptLayers(
  { layers }: VisionLanguageModel,
  { scales, weights }: Adapter,
  draw: Draw = (x_MD) => x_MD,
): Layers {
  const numbers = new Map([...scales.keys()].map((name, number) => [name, number]));
  return {
    ...layers,
    linear(name, x_MD) {
      const y_MO = layers.linear(name, x_MD);
      const scale = scales.get(name);
      if (scale === undefined) return y_MO;
      return tf.tidy(() => {
        const [a_rD, b_Or] = ['A', 'B'].map((side) => weights.get(`${name}.lora_${side}.weight`) as tf.Tensor2D);
        const inner_Mr = tf.matMul(draw(x_MD, numbers.get(name)!), a_rD, false, true);
        return tf.add(y_MO, tf.matMul(tf.mul(inner_Mr, scale), b_Or, false, true)) as tf.Tensor2D;
      });
    },
  };
}

/** Rows before the padding are drawn alike however much padding follows. */
function drop(x_MD: tf.Tensor2D, rate: number, seed: tf.Scalar, layer: number): tf.Tensor2D {
  return tf.tidy(() => {
    const uniform_MD = drawUniform(x_MD.shape, tf.stack([seed, tf.scalar(layer, 'int32')]) as tf.Tensor1D);
    const isKept_MD = tf.cast(tf.greaterEqual(uniform_MD, rate), 'float32');
    return tf.mul(x_MD, tf.mul(isKept_MD, 1 / (1 - rate))) as tf.Tensor2D;
  });
}
