// Shape suffixes: M = tokens of all sequences, P = patches, F = flattened patch, U = merged patches, D = model width.
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../../processing/processor.ts';
import type { SequenceRows } from '../../runtime/kernels/attention.ts';
import type { Rotary } from '../../runtime/kernels/rotate.ts';
import type { ModelInput } from '../model-input.ts';
import type { ImageEncoder } from '../vision-language-model.ts';
import type { Qwen25VLConfig } from './config.ts';
import { createPatchRotary, createTextRotary } from './rotary.ts';
import { createVisionLayout, type SegmentGroup } from './vision-layout.ts';

/** A model input as tensors and sizes: all that the forward pass reads besides weights, so that a graph can take it. */
export interface ModelTensors {
  tokenIds_M: tf.Tensor1D;
  sequences: SequenceRows;
  rotary: Rotary;
  images?: ImageTensors;
  /** In place of `images`: their features, where the vision tower has run before. */
  imageFeatures_UD?: tf.Tensor2D;
  /** For each of the M rows: which row of `[M embeddings, image features]` it takes; absent without images. */
  embeddingRows_M?: tf.Tensor1D;
}

/** A batch of images as the vision tower takes them. */
export interface ImageTensors {
  pixelValues_PF: tf.Tensor2D;
  rotary: Rotary;
  full: SegmentTensors;
  windowed: SegmentTensors;
}

/** Sets of patches that attend to each other, by size. */
export interface SegmentTensors {
  groups: SegmentGroupTensors[];
  /** Where each of the P patches stands among the groups' patches; absent when they stand in order. */
  order_P?: tf.Tensor1D;
}

export interface SegmentGroupTensors {
  size: number;
  count: number;
  /** `count * size` patch indices; absent when they are all patches in order. */
  patches?: tf.Tensor1D;
}

/**
 * The caller disposes the tensors.
 *
 * @param encodeImages gives the images' features; without it the model computes them from the pixels
 */
export function uploadModelInput(input: ModelInput, config: Qwen25VLConfig, encodeImages?: ImageEncoder): ModelTensors {
  const { longest, tokenIds, axes, firstRows, images, embeddingRows } = input;
  return {
    tokenIds_M: tf.tensor1d(tokenIds, 'int32'),
    sequences: { firstRows_M: tf.tensor1d(firstRows, 'int32'), longest },
    rotary: createTextRotary(axes, config),
    ...(embeddingRows &&
      (encodeImages ? { imageFeatures_UD: encodeImages(images) } : { images: uploadImages(images, config) })),
    embeddingRows_M: embeddingRows && tf.tensor1d(embeddingRows, 'int32'),
  };
}

/** The caller disposes the tensors. */
export function uploadImages(images: readonly ProcessedImage[], config: Qwen25VLConfig): ImageTensors {
  const layout = createVisionLayout(
    images.map((image) => image.gridThw),
    config,
  );
  const { patchLength } = config.vision;
  const pixelValues = new Float32Array(layout.patchCount * patchLength);
  let offset = 0;
  for (const image of images) {
    pixelValues.set(image.pixelValues, offset);
    offset += image.pixelValues.length;
  }
  return {
    pixelValues_PF: tf.tensor2d(pixelValues, [layout.patchCount, patchLength]),
    rotary: createPatchRotary(layout, config),
    full: uploadSegments(layout.full, layout.patchCount),
    windowed: uploadSegments(layout.windowed, layout.patchCount),
  };
}

function uploadSegments(groups: SegmentGroup[], patchCount: number): SegmentTensors {
  const order = groups.flatMap((group) => [...group.patches]);
  if (groups.length === 1 && order.every((patch, at) => patch === at)) {
    const [{ size, count }] = groups;
    return { groups: [{ size, count }] };
  }
  const inverse = new Int32Array(patchCount);
  order.forEach((patch, at) => {
    inverse[patch] = at;
  });
  return {
    groups: groups.map(({ size, count, patches }) => ({ size, count, patches: tf.tensor1d(patches, 'int32') })),
    order_P: tf.tensor1d(inverse, 'int32'),
  };
}
