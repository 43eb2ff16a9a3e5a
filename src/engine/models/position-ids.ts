import { InvalidInputError } from '../../schema/errors.ts';
import type { ModelConfig } from './model-config.ts';

/** Time, height and width position of each token, and the next free position. */
export interface PositionIds {
  /** Three rows of one position per token. */
  axes: [Int32Array, Int32Array, Int32Array];
  next: number;
}

/**
 * M-RoPE positions (Qwen2-VL, arXiv 2409.12191, section 2.1): text counts up on all three axes together; an image's tokens
 * share one time, spread over height and width, and the text after it goes on from the largest position used.
 * Throws `InvalidInputError` when image tokens and image grids disagree.
 */
export function computePositionIds(
  tokenIds: ArrayLike<number>,
  grids: readonly (readonly [number, number, number])[],
  config: ModelConfig,
): PositionIds {
  const axes: PositionIds['axes'] = [
    new Int32Array(tokenIds.length),
    new Int32Array(tokenIds.length),
    new Int32Array(tokenIds.length),
  ];
  let next = 0;
  let image = 0;
  for (let i = 0; i < tokenIds.length; ) {
    if (tokenIds[i] !== config.imageTokenId) {
      for (const axis of axes) axis[i] = next;
      next += 1;
      i += 1;
      continue;
    }
    const [time, height, width] = mergedGrid(grids, image, config);
    for (let cell = 0; cell < time * height * width; cell++, i++) {
      if (tokenIds[i] !== config.imageTokenId) throw imageTokenError(image, cell, time * height * width);
      axes[0][i] = next;
      axes[1][i] = next + (Math.floor(cell / width) % height);
      axes[2][i] = next + (cell % width);
    }
    next += Math.max(height, width);
    image += 1;
  }
  if (image !== grids.length)
    throw new InvalidInputError(`prompt has tokens of ${image} images but ${grids.length} images came with it`);
  return { axes, next };
}

function mergedGrid(grids: readonly (readonly [number, number, number])[], image: number, config: ModelConfig) {
  const grid = grids[image];
  if (!grid) throw new InvalidInputError(`prompt has tokens of more than the ${grids.length} images that came with it`);
  const { mergeSize } = config.vision;
  return [grid[0], grid[1] / mergeSize, grid[2] / mergeSize];
}

function imageTokenError(image: number, found: number, expected: number) {
  return new InvalidInputError(
    `image ${image + 1} has ${found} image tokens in the prompt but ${expected} merged patches`,
  );
}
