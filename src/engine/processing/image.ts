/** Decoded pixels: RGB, 8 bits a channel, row by row, `data.length = 3 * width * height`. */
export interface RawImage {
  data: Uint8Array;
  width: number;
  height: number;
}

/** An image as the vision tower takes it. */
export interface ProcessedImage {
  /** `[patches, channels * temporalPatchSize * patchSize * patchSize]`, row-major; patches of a merge block adjoin. */
  pixelValues: Float32Array;
  /** Patches in time, height and width, before merging. */
  gridThw: [number, number, number];
}
