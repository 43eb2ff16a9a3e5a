import type { Qwen25VLConfig } from './config.ts';

/** Sets of patches that attend to each other, all of one size, as rows of patch indices. */
export interface SegmentGroup {
  size: number;
  count: number;
  /** `count * size` patch indices. */
  patches: Int32Array;
}

/** How the patches of a batch of images are laid out for the vision tower. */
export interface VisionLayout {
  patchCount: number;
  /** Row and column of each patch in its image, in the processor's order (merge blocks together). */
  rows: Int32Array;
  columns: Int32Array;
  /** Segments of full attention: one per image and frame. */
  full: SegmentGroup[];
  /** Segments of windowed attention. */
  windowed: SegmentGroup[];
}

/**
 * Lays out images by their `imageGridThw` (frames, patch rows, patch columns).
 * Attention windows are squares of `windowSize` merged patches; those at the right and bottom edges are smaller
 * (Qwen2.5-VL, arXiv 2502.13923, section 2.1.1).
 */
export function createVisionLayout(
  grids: readonly (readonly [number, number, number])[],
  config: Qwen25VLConfig,
): VisionLayout {
  const { mergeSize, windowSize } = config.vision;
  const rows: number[] = [];
  const columns: number[] = [];
  const full: number[][] = [];
  const windowed: number[][] = [];
  for (const [frames, height, width] of grids) {
    for (let frame = 0; frame < frames; frame++) {
      const segment: number[] = [];
      const windows = new Map<number, number[]>();
      for (let blockRow = 0; blockRow < height / mergeSize; blockRow++) {
        for (let blockColumn = 0; blockColumn < width / mergeSize; blockColumn++) {
          const key = Math.floor(blockRow / windowSize) * width + Math.floor(blockColumn / windowSize);
          const window = windows.get(key) ?? [];
          windows.set(key, window);
          for (let cell = 0; cell < mergeSize * mergeSize; cell++) {
            segment.push(rows.length);
            window.push(rows.length);
            rows.push(blockRow * mergeSize + Math.floor(cell / mergeSize));
            columns.push(blockColumn * mergeSize + (cell % mergeSize));
          }
        }
      }
      full.push(segment);
      windowed.push(...windows.values());
    }
  }
  return {
    patchCount: rows.length,
    rows: Int32Array.from(rows),
    columns: Int32Array.from(columns),
    full: groupBySize(full),
    windowed: groupBySize(windowed),
  };
}

function groupBySize(segments: number[][]): SegmentGroup[] {
  const bySize = new Map<number, number[][]>();
  for (const segment of segments) {
    const group = bySize.get(segment.length);
    if (group) group.push(segment);
    else bySize.set(segment.length, [segment]);
  }
  return [...bySize].map(([size, group]) => ({ size, count: group.length, patches: Int32Array.from(group.flat()) }));
}
