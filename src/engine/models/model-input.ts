import type { ProcessedImage, ProcessedPrompt } from '../processing/processor.ts';
import type { InputSizes } from '../runtime/padding.ts';
import type { ModelConfig } from './model-config.ts';
import { computePositionIds } from './position-ids.ts';

/**
 * A prompt and the tokens sampled after it. An image token among the latter is a token like any other: no image is
 * behind it.
 */
export interface InputSequence {
  prompt: ProcessedPrompt;
  continuationIds: readonly number[];
}

/** Rows that a sequence takes. */
export interface SequenceSpan {
  firstRow: number;
  length: number;
  /** The position after its last token. */
  nextPosition: number;
}

/**
 * Sequences as the model takes them, packed: a row for each token, one sequence after another, then rows that fill the shape
 * up to M.
 */
export interface ModelInput {
  spans: SequenceSpan[];
  /** No sequence has more tokens. */
  longest: number;
  /** M token ids; padding is 0. */
  tokenIds: Int32Array;
  /** Time, height and width positions, M each; padding is 0. */
  axes: [Int32Array, Int32Array, Int32Array];
  /**
   * For each of the M rows: the one in which its sequence begins. Padding forms sequences too, none longer than the
   * longest.
   */
  firstRows: Int32Array;
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
  config: ModelConfig,
  sizes = measureInput(sequences),
): ModelInput {
  const { tokens: rows, longest } = sizes;
  const tokenIds = new Int32Array(rows);
  const axes: ModelInput['axes'] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)];
  const firstRows = new Int32Array(rows);
  let row = 0;
  const spans = sequences.map(({ prompt, continuationIds }): SequenceSpan => {
    const firstRow = row;
    const continuation = firstRow + prompt.tokenIds.length;
    tokenIds.set(prompt.tokenIds, firstRow);
    tokenIds.set(continuationIds, continuation);
    const grids = prompt.images.map((image) => image.gridThw);
    const positions = computePositionIds(prompt.tokenIds, grids, config);
    for (let axis = 0; axis < 3; axis++) {
      axes[axis].set(positions.axes[axis], firstRow);
      for (let at = 0; at < continuationIds.length; at++) axes[axis][continuation + at] = positions.next + at;
    }
    row = continuation + continuationIds.length;
    firstRows.fill(firstRow, firstRow, row);
    return { firstRow, length: row - firstRow, nextPosition: positions.next + continuationIds.length };
  });
  for (; row < rows; row += longest) firstRows.fill(row, row, row + longest);
  const images = listImages(sequences);
  const spareImages = images.length > 0 ? Array(sizes.images - images.length).fill(images[0]) : [];
  return {
    spans,
    longest,
    tokenIds,
    axes,
    firstRows,
    images: [...images, ...spareImages],
    embeddingRows: images.length > 0 ? mapImageRows(sequences, spans, images, rows, config) : undefined,
  };
}

/** Sizes of sequences, without padding. */
export function measureInput(sequences: readonly InputSequence[]): InputSizes {
  const lengths = sequences.map(({ prompt, continuationIds }) => prompt.tokenIds.length + continuationIds.length);
  return {
    tokens: lengths.reduce((sum, length) => sum + length, 0),
    longest: Math.max(...lengths),
    images: listImages(sequences).length,
  };
}

/** Images of sequences, each once. */
const listImages = (sequences: readonly InputSequence[]) => [
  ...new Set(sequences.flatMap(({ prompt }) => prompt.images)),
];

function mapImageRows(
  sequences: readonly InputSequence[],
  spans: readonly SequenceSpan[],
  images: readonly ProcessedImage[],
  rowCount: number,
  config: ModelConfig,
): Int32Array {
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row);
  const firstFeature = new Map<ProcessedImage, number>();
  let features = rowCount;
  for (const image of images) {
    firstFeature.set(image, features);
    features += countImageTokens(image, config);
  }
  for (const [b, { prompt }] of sequences.entries()) {
    const feature = prompt.images.flatMap((image) =>
      Array.from({ length: countImageTokens(image, config) }, (_, at) => firstFeature.get(image)! + at),
    );
    let used = 0;
    for (const [t, id] of prompt.tokenIds.entries()) {
      if (id === config.imageTokenId) rows[spans[b].firstRow + t] = feature[used++];
    }
  }
  return rows;
}

/** Decoder tokens an image takes: its patches over the merge area. */
function countImageTokens(image: ProcessedImage, config: ModelConfig): number {
  const [frames, height, width] = image.gridThw;
  return (frames * height * width) / config.vision.mergeSize ** 2;
}
