import type { InputSizes } from '../../padding.ts';
import type { ProcessedImage, ProcessedPrompt } from '../../processing/processor.ts';
import type { Qwen25VLConfig } from './config.ts';
import { computePositionIds } from './position-ids.ts';

/** A prompt and the tokens sampled after it. An image token among the latter is a token like any other: no image is behind it. */
export interface InputSequence {
  prompt: ProcessedPrompt;
  continuationIds: readonly number[];
}

/** Sequences padded on the right to one length, as the model takes them. `M = batchSize * length` rows. */
export interface ModelInput {
  batchSize: number;
  /** Tokens per row, padding included. */
  length: number;
  /** Real tokens of each row. */
  lengths: number[];
  /** M token ids; padding is 0. */
  tokenIds: Int32Array;
  /** Time, height and width positions, M each; padding is 0. */
  axes: [Int32Array, Int32Array, Int32Array];
  /** The position after each row's last token. */
  nextPositions: number[];
  /** Every distinct image once: siblings that share a prompt share its features. Then those that pad. */
  images: ProcessedImage[];
  /** For each of the M rows: which row of `[M embeddings, image features]` it takes; absent without images. */
  embeddingRows?: Int32Array;
}

/**
 * Lays sequences out for one pass through the model.
 *
 * @param sizes at least those of the sequences; what is added is never read
 * @throws InvalidInputError image tokens and images disagree
 */
export function createModelInput(
  sequences: readonly InputSequence[],
  config: Qwen25VLConfig,
  sizes = measureInput(sequences),
): ModelInput {
  const lengths = sequences.map(countTokens);
  const { rows: batchSize, length } = sizes;
  const rows = batchSize * length;
  const tokenIds = new Int32Array(rows);
  const axes: ModelInput['axes'] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)];
  const nextPositions = sequences.map(({ prompt, continuationIds }, b) => {
    const start = b * length;
    const continuation = start + prompt.tokenIds.length;
    tokenIds.set(prompt.tokenIds, start);
    tokenIds.set(continuationIds, continuation);
    const grids = prompt.images.map((image) => image.gridThw);
    const positions = computePositionIds(prompt.tokenIds, grids, config);
    for (let axis = 0; axis < 3; axis++) {
      axes[axis].set(positions.axes[axis], start);
      for (let at = 0; at < continuationIds.length; at++) axes[axis][continuation + at] = positions.next + at;
    }
    return positions.next + continuationIds.length;
  });
  const prompts = sequences.map(({ prompt }) => prompt);
  const images = listImages(sequences);
  const embeddingRows = images.length > 0 ? placeImages(prompts, images, { rows, length }, config) : undefined;
  const spareImages = images.length > 0 ? Array(sizes.images - images.length).fill(images[0]) : [];
  return {
    batchSize,
    length,
    lengths,
    tokenIds,
    axes,
    nextPositions,
    images: [...images, ...spareImages],
    embeddingRows,
  };
}

/** Of sequences without padding. */
export function measureInput(sequences: readonly InputSequence[]): InputSizes {
  return {
    rows: sequences.length,
    length: Math.max(...sequences.map(countTokens)),
    images: listImages(sequences).length,
  };
}

const countTokens = ({ prompt, continuationIds }: InputSequence) => prompt.tokenIds.length + continuationIds.length;

/** Each once. */
const listImages = (sequences: readonly InputSequence[]) => [
  ...new Set(sequences.flatMap(({ prompt }) => prompt.images)),
];

function placeImages(
  prompts: readonly ProcessedPrompt[],
  images: ProcessedImage[],
  { rows: rowCount, length }: { rows: number; length: number },
  config: Qwen25VLConfig,
): Int32Array {
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row);
  const firstFeature = new Map<ProcessedImage, number>();
  let features = rows.length;
  for (const image of images) {
    firstFeature.set(image, features);
    features += countImageTokens(image, config);
  }
  for (const [b, { tokenIds, images: ownImages }] of prompts.entries()) {
    const feature = ownImages.flatMap((image) =>
      Array.from({ length: countImageTokens(image, config) }, (_, at) => firstFeature.get(image)! + at),
    );
    let used = 0;
    for (const [t, id] of tokenIds.entries()) {
      if (id === config.imageTokenId) rows[b * length + t] = feature[used++];
    }
  }
  return rows;
}

/** Decoder tokens an image takes: its patches over the merge area. */
function countImageTokens(image: ProcessedImage, config: Qwen25VLConfig): number {
  const [frames, height, width] = image.gridThw;
  return (frames * height * width) / config.vision.mergeSize ** 2;
}
