// Shape suffixes: U = image tokens of all images, F = width of their features.
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../processing/processor.ts';
import type { Executor } from '../runtime/executor.ts';
import { paddingFor } from '../runtime/padding.ts';
import { listTensors } from '../runtime/tensor-tree.ts';
import { adoptWeights } from './adopt-weights.ts';
import type { ImageEncoder, TensorTree, VisionLanguageModel } from './vision-language-model.ts';

/** Images of one size that are encoded together. */
const IMAGES_PER_RUN = 16;

/** Runs a frozen vision tower inside an executor, once for each image: the same image again costs nothing. */
export function createImageEncoder(model: VisionLanguageModel, executor: Executor): ImageEncoder {
  adoptWeights(executor, model);
  const run = executor.define((images: TensorTree) => model.encodeImages(images));
  const known = new WeakMap<ProcessedImage, Float32Array>();
  let width = 0;

  function encode(images: readonly ProcessedImage[]): void {
    const spare = Array(paddingFor(executor).count(images.length) - images.length).fill(images[0]);
    const tensors = model.uploadImages([...images, ...spare]);
    const features_UF = run(tensors);
    width = features_UF.shape[1];
    const rows = features_UF.dataSync<'float32'>();
    const length = rows.length / (images.length + spare.length);
    images.forEach((image, at) => {
      known.set(image, rows.slice(at * length, (at + 1) * length));
    });
    tf.dispose([...listTensors(tensors), features_UF]);
  }

  return (images) => {
    const fresh = new Set(images.filter((image) => !known.has(image)));
    for (const sameSize of Map.groupBy(fresh, ({ gridThw }) => gridThw.join()).values()) {
      for (let first = 0; first < sameSize.length; first += IMAGES_PER_RUN) {
        encode(sameSize.slice(first, first + IMAGES_PER_RUN));
      }
    }
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
