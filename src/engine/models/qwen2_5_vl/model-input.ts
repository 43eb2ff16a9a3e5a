import type { ProcessedImage } from '../../processing/processor.ts';
import type { Qwen25VLConfig } from './config.ts';
import { computePositionIds } from './position-ids.ts';

/** A token sequence with the images its image tokens stand for. */
export interface InputSequence {
  tokenIds: readonly number[];
  images: readonly ProcessedImage[];
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
  /** Every distinct image once: siblings that share a prompt share its features. */
  images: ProcessedImage[];
  /** For each of the M rows: which row of `[M embeddings, image features]` it takes; absent without images. */
  embeddingRows?: Int32Array;
}

/** Lays sequences out for one pass through the model. Throws `InvalidInputError` when image tokens and images disagree. */
export function createModelInput(sequences: readonly InputSequence[], config: Qwen25VLConfig): ModelInput {
  const length = Math.max(...sequences.map((sequence) => sequence.tokenIds.length));
  const rows = sequences.length * length;
  const tokenIds = new Int32Array(rows);
  const axes: ModelInput['axes'] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)];
  const nextPositions: number[] = [];
  sequences.forEach((sequence, b) => {
    tokenIds.set(sequence.tokenIds, b * length);
    const grids = sequence.images.map((image) => image.gridThw);
    const positions = computePositionIds(sequence.tokenIds, grids, config);
    for (let axis = 0; axis < 3; axis++) axes[axis].set(positions.axes[axis], b * length);
    nextPositions.push(positions.next);
  });
  const images = [...new Set(sequences.flatMap((sequence) => sequence.images))];
  return {
    batchSize: sequences.length,
    length,
    lengths: sequences.map((sequence) => sequence.tokenIds.length),
    tokenIds,
    axes,
    nextPositions,
    images,
    embeddingRows: images.length > 0 ? placeImages(sequences, images, length, config) : undefined,
  };
}

function placeImages(
  sequences: readonly InputSequence[],
  images: ProcessedImage[],
  length: number,
  config: Qwen25VLConfig,
): Int32Array {
  const rows = Int32Array.from({ length: sequences.length * length }, (_, row) => row);
  const firstFeature = new Map<ProcessedImage, number>();
  let features = rows.length;
  for (const image of images) {
    firstFeature.set(image, features);
    features += countImageTokens(image, config);
  }
  sequences.forEach(({ tokenIds, images: ownImages }, b) => {
    const feature = ownImages.flatMap((image) => {
      const first = firstFeature.get(image) as number;
      return Array.from({ length: countImageTokens(image, config) }, (_, at) => first + at);
    });
    let used = 0;
    tokenIds.forEach((id, t) => {
      if (id === config.imageTokenId) rows[b * length + t] = feature[used++];
    });
  });
  return rows;
}

/** Decoder tokens an image takes: its patches over the merge area. */
function countImageTokens(image: ProcessedImage, config: Qwen25VLConfig): number {
  const [frames, height, width] = image.gridThw;
  return (frames * height * width) / config.vision.mergeSize ** 2;
}
