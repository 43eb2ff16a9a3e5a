import type { Rgb } from './raster.ts';

export const COLOURS = {
  red: [220, 40, 40],
  blue: [40, 90, 220],
  green: [40, 160, 70],
  yellow: [240, 205, 30],
  purple: [145, 60, 185],
  orange: [240, 135, 30],
} as const satisfies Record<string, Rgb>;

export type Colour = keyof typeof COLOURS;

export const COLOUR_NAMES = Object.keys(COLOURS) as Colour[];
