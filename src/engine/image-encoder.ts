// Shape suffixes: U = merged patches of all images, D = model width.
import * as tf from '@tensorflow/tfjs-core';
import { adoptWeights } from './adopt-weights.ts';
import type { Qwen25VL } from './models/qwen2_5_vl/model.ts';
import { type ImageEncoder, type ImageTensors, uploadImages } from './models/qwen2_5_vl/model-tensors.ts';
import type { ProcessedImage } from './models/qwen2_5_vl/processing/processor.ts';
import type { Executor } from './runtime/executor.ts';
import { paddingFor } from './runtime/padding.ts';
import { listTensors } from './runtime/tensor-tree.ts';

/** Images of one size that are encoded together. */
const IMAGES_PER_RUN = 16;

/** Runs a frozen vision tower inside an executor, once for each image: the same image again costs nothing. */
export function createImageEncoder(model: Qwen25VL, executor: Executor): ImageEncoder {
  adoptWeights(executor, model);
  const run = executor.define((images: ImageTensors) => model.encodeImages(images));
  const known = new WeakMap<ProcessedImage, Float32Array>();

  function encode(images: readonly ProcessedImage[]): void {
    const spare = Array(paddingFor(executor).count(images.length) - images.length).fill(images[0]);
    const tensors = uploadImages([...images, ...spare], model.config);
    const features_UD = run(tensors);
    const rows = features_UD.dataSync<'float32'>();
    const length = rows.length / (images.length + spare.length);
    images.forEach((image, at) => {
      known.set(image, rows.slice(at * length, (at + 1) * length));
    });
    tf.dispose([...listTensors(tensors), features_UD]);
  }

  return (images) => {
    const fresh = new Set(images.filter((image) => !known.has(image)));
    for (const sameSize of Map.groupBy(fresh, ({ gridThw }) => gridThw.join()).values()) {
      for (let first = 0; first < sameSize.length; first += IMAGES_PER_RUN) {
        encode(sameSize.slice(first, first + IMAGES_PER_RUN));
      }
    }
    const width = model.config.text.hiddenSize;
    const features = images.flatMap((image) => known.get(image)!);
    const rows = features.reduce((sum, { length }) => sum + length / width, 0);
    const joined = new Float32Array(rows * width);
    let offset = 0;
    for (const part of features) {
      joined.set(part, offset);
      offset += part.length;
    }
    return tf.tensor2d(joined, [rows, width]);
  };
}
