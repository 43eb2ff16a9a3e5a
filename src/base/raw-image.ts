/** Decoded pixels from the top left, row by row, three bytes (red, green, blue) each: `data[(y * width + x) * 3 + channel]`. */
export interface RawImage {
  data: Uint8Array;
  width: number;
  height: number;
}
