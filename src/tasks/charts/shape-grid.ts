import type { Random } from '../../base/random.ts';
import type { RawImage } from '../../base/raw-image.ts';
import { COLOUR_NAMES, COLOURS, type Colour } from './colours.ts';
import { type Box, createImage, fillCircle, fillRect, fillTriangle, IMAGE_SIDE } from './raster.ts';

export const SHAPES = ['circle', 'square', 'triangle'] as const;
export type Shape = (typeof SHAPES)[number];

export interface ShapeKind {
  colour: Colour;
  shape: Shape;
}

export interface PlacedShape extends ShapeKind {
  /** 0..15, row by row from the top left of the 4 x 4 grid. */
  cell: number;
}

/** Shapes on a 4 x 4 grid, at most one per cell, in the order of their cells. */
export interface ShapeGrid {
  kind: 'shape-grid';
  shapes: PlacedShape[];
}

export const CELLS_PER_SIDE = 4;
const MIN_SHAPES = 3;
const MAX_SHAPES = 8;

// Pixels. A cell is one merged patch.
const CELL = 28;
const SHAPE = 20;
const MARGIN = (CELL - SHAPE) / 2;

export function drawShapeKind(random: Random): ShapeKind {
  return { colour: random.pick(COLOUR_NAMES), shape: random.pick(SHAPES) };
}

/** Draws a grid of 3 to 8 shapes with exactly `count` (at most 8) of the wanted kind; the others have other colours. */
export function drawShapeGrid(random: Random, wanted: ShapeKind, count: number): ShapeGrid {
  const minShapes = Math.max(MIN_SHAPES, count);
  const total = minShapes + random.int(MAX_SHAPES - minShapes + 1);
  const kinds = Array.from({ length: total }, (_, index) => (index < count ? wanted : drawDistractor(random, wanted)));
  const cells = random.shuffle(Array.from({ length: CELLS_PER_SIDE ** 2 }, (_, cell) => cell));
  const shapes = kinds.map(({ colour, shape }, index) => ({ colour, shape, cell: cells[index] }));
  return { kind: 'shape-grid', shapes: shapes.sort((a, b) => a.cell - b.cell) };
}

export function renderShapeGrid(grid: ShapeGrid): RawImage {
  const image = createImage();
  for (const { cell, colour, shape } of grid.shapes) {
    const left = (cell % CELLS_PER_SIDE) * CELL + MARGIN;
    const top = Math.floor(cell / CELLS_PER_SIDE) * CELL + MARGIN;
    const rgb = COLOURS[colour];
    if (shape === 'square') fillRect(image, left, top, SHAPE, SHAPE, rgb);
    else if (shape === 'circle') fillCircle(image, left + SHAPE / 2, top + SHAPE / 2, SHAPE / 2, rgb);
    else fillTriangle(image, left, top, SHAPE, SHAPE, rgb);
  }
  return image;
}

/** A row of the grid, 0 at the top. */
export const rowOf = (row: number): Box => ({ left: 0, top: row * CELL, width: IMAGE_SIDE, height: CELL });

function drawDistractor(random: Random, wanted: ShapeKind): ShapeKind {
  const drawn = drawShapeKind(random);
  return drawn.colour === wanted.colour ? drawDistractor(random, wanted) : drawn;
}
