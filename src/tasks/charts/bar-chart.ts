import type { Random } from '../../base/random.ts';
import type { RawImage } from '../../base/raw-image.ts';
import { COLOUR_NAMES, COLOURS, type Colour } from './colours.ts';
import { drawDigit, GLYPH_HEIGHT } from './digit-glyphs.ts';
import { type Box, copyImage, createImage, fillRect, IMAGE_SIDE, type Rgb } from './raster.ts';

export interface Bar {
  colour: Colour;
  /** 1..9 */
  value: number;
}

/** Three bars of different colours, left to right. */
export interface BarChart {
  kind: 'bar-chart';
  bars: Bar[];
}

const BAR_COUNT = 3;
export const MAX_VALUE = 9;

// Pixels. The axis takes the first column of merged patches (28 px), each bar the middle of one of the other three.
const UNIT_HEIGHT = 10;
const BASELINE = 102;
const COLUMN_WIDTH = 28;
const BAR_WIDTH = 20;
const AXIS_LEFT = 23;
const LABEL_LEFT = 15;

const INK: Rgb = [70, 70, 70];
const GRIDLINE: Rgb = [222, 222, 222];

/** Draws a chart whose values are independent and uniform. */
export function drawBarChart(random: Random): BarChart {
  const colours = random.shuffle(COLOUR_NAMES).slice(0, BAR_COUNT);
  return { kind: 'bar-chart', bars: colours.map((colour) => ({ colour, value: 1 + random.int(MAX_VALUE) })) };
}

export function renderBarChart(chart: BarChart): RawImage {
  const image = copyImage(EMPTY_CHART);
  chart.bars.forEach(({ colour, value }, index) => {
    const left = COLUMN_WIDTH * (index + 1) + (COLUMN_WIDTH - BAR_WIDTH) / 2;
    const height = value * UNIT_HEIGHT;
    fillRect(image, left, BASELINE - height, BAR_WIDTH, height, COLOURS[colour]);
  });
  return image;
}

/** The column of a bar, from the left of the axis' end to that of the next bar, down to the axis. */
export const columnOf = (index: number): Box => ({
  left: COLUMN_WIDTH * (index + 1),
  top: 0,
  width: COLUMN_WIDTH,
  height: BASELINE,
});

const EMPTY_CHART = renderAxis();

function renderAxis(): RawImage {
  const image = createImage();
  for (let value = 1; value <= MAX_VALUE; value++) {
    const y = BASELINE - value * UNIT_HEIGHT;
    fillRect(image, AXIS_LEFT, y, IMAGE_SIDE - AXIS_LEFT, 1, GRIDLINE);
    drawDigit(image, value, LABEL_LEFT, y - (GLYPH_HEIGHT - 1) / 2, INK);
  }
  fillRect(image, AXIS_LEFT, BASELINE - MAX_VALUE * UNIT_HEIGHT, 1, MAX_VALUE * UNIT_HEIGHT, INK);
  fillRect(image, AXIS_LEFT, BASELINE, IMAGE_SIDE - AXIS_LEFT, 1, INK);
  return image;
}
