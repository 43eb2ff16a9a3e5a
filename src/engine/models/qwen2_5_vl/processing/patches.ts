import type { RawImage } from '../../../../base/raw-image.ts';
import type { ProcessedImage } from '../../../processing/processor.ts';

export interface PatchLayout {
  patchSize: number;
  temporalPatchSize: number;
  mergeSize: number;
  /** For each channel, the normalised value of each 8-bit value. */
  normalised: Float32Array[];
}

/**
 * Cuts an image, whose sides are multiples of `patchSize * mergeSize`, into normalised patches. Patches go by merge
 * block (row-major), then row-major within the block; a patch is `[channel, time, y, x]`, the still repeated in time.
 */
export function extractPatches(image: RawImage, layout: PatchLayout): ProcessedImage {
  const { patchSize, mergeSize, temporalPatchSize } = layout;
  const rows = image.height / patchSize;
  const columns = image.width / patchSize;
  const patchLength = layout.normalised.length * temporalPatchSize * patchSize * patchSize;
  const pixelValues = new Float32Array(rows * columns * patchLength);
  let offset = 0;
  for (let blockRow = 0; blockRow < rows; blockRow += mergeSize) {
    for (let blockColumn = 0; blockColumn < columns; blockColumn += mergeSize) {
      for (let row = blockRow; row < blockRow + mergeSize; row++) {
        for (let column = blockColumn; column < blockColumn + mergeSize; column++) {
          writePatch(pixelValues, offset, image, row * patchSize, column * patchSize, layout);
          offset += patchLength;
        }
      }
    }
  }
  return { pixelValues, gridThw: [1, rows, columns] };
}

function writePatch(
  target: Float32Array,
  start: number,
  { data, width }: RawImage,
  top: number,
  left: number,
  { patchSize, temporalPatchSize, normalised }: PatchLayout,
): void {
  const channels = normalised.length;
  const frameLength = patchSize * patchSize;
  let offset = start;
  for (let channel = 0; channel < channels; channel++) {
    const table = normalised[channel];
    const frame = offset;
    for (let y = 0; y < patchSize; y++) {
      let source = ((top + y) * width + left) * channels + channel;
      for (let x = 0; x < patchSize; x++, source += channels) target[offset++] = table[data[source]];
    }
    for (let time = 1; time < temporalPatchSize; time++, offset += frameLength) {
      target.copyWithin(offset, frame, frame + frameLength);
    }
  }
}
