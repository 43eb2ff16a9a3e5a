import { smartResize } from '../engine/models/qwen2_5_vl/processing/smart-resize.ts';
import type { ImageRef, Prompt } from '../schema/prompt.ts';
import type { Fault, PlacedPrompt } from './check-prompts.ts';
import { highestImageMark } from './check-prompts.ts';

/** Qwen2.5-VL's processor as published: 14-pixel patches merged 2 by 2, and its bounds on the resized area. */
const MERGED_PATCH = 28;
const PIXEL_BOUNDS = { minPixels: 56 * 56, maxPixels: 28 * 28 * 16384 };

interface Spread {
  least: number;
  median: number;
  most: number;
  total: number;
}

/** What `rise data check` says of a dataset. */
export interface DatasetSummary {
  prompts: number;
  textOnly: number;
  severalImages: number;
  multipleChoice: number;
  withSolution: number;
  tiers: Record<string, number>;
  images: number;
  formats: Record<string, number>;
  width: Spread;
  height: Spread;
  /** Tokens an image takes in the prompt, by the arithmetic of Qwen2.5-VL's processor. */
  imageTokens: Spread;
  /** Prompts that mark more figures than they have images: the figures are parts of one image. */
  compositeImages: string[];
  faults: Fault[];
}

export function summarizeDataset(placed: readonly PlacedPrompt[], faults: readonly Fault[]): DatasetSummary {
  const prompts = placed.map(({ prompt }) => prompt);
  const images = prompts.flatMap((prompt) => prompt.images);
  const isComposite = (prompt: Prompt) => prompt.images.length === 1 && highestImageMark(prompt) > 1;
  return {
    prompts: prompts.length,
    textOnly: prompts.filter((prompt) => prompt.images.length === 0).length,
    severalImages: prompts.filter((prompt) => prompt.images.length > 1).length,
    multipleChoice: prompts.filter((prompt) => prompt.options !== undefined).length,
    withSolution: prompts.filter((prompt) => prompt.solution !== undefined).length,
    tiers: countBy(prompts.map((prompt) => prompt.tier ?? 'none')),
    images: images.length,
    formats: countBy(images.map(({ key }) => key.split('.').at(-1) ?? '')),
    width: spreadOf(images.map(({ width }) => width)),
    height: spreadOf(images.map(({ height }) => height)),
    imageTokens: spreadOf(images.flatMap(countImageTokens)),
    compositeImages: placed.filter(({ prompt }) => isComposite(prompt)).map(({ place }) => place),
    faults: [...faults],
  };
}

/** The summary for a terminal; faults come last, one a line. */
export function renderDatasetSummary(summary: DatasetSummary): string {
  const counts = (record: Record<string, number>) =>
    Object.entries(record)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const spread = ({ least, median, most }: Spread) => `${least} to ${most}, median ${median}`;
  const composite = summary.compositeImages.length;
  return [
    `prompts       ${summary.prompts}: ${summary.textOnly} text-only, ${summary.severalImages} with several images`,
    `answers       ${summary.multipleChoice} multiple choice, ${summary.prompts - summary.multipleChoice} free; ${summary.withSolution} with a solution`,
    `tiers         ${counts(summary.tiers)}`,
    `images        ${[String(summary.images), counts(summary.formats)].filter(Boolean).join(': ')}`,
    ...(summary.images > 0
      ? [
          `width         ${spread(summary.width)} pixels`,
          `height        ${spread(summary.height)} pixels`,
          `image tokens  ${spread(summary.imageTokens)}; ${summary.imageTokens.total} in all (Qwen2.5-VL)`,
        ]
      : []),
    ...(composite > 0
      ? [
          `note          ${composite} prompts mark several figures of their one image (first: ${summary.compositeImages[0]})`,
        ]
      : []),
    `faults        ${summary.faults.length}`,
    ...summary.faults.map(({ place, message }) => `${place}: ${message}`),
  ].join('\n');
}

/** `width / 28 * height / 28` of the resized image; nothing for an image whose sides no processor takes. */
function countImageTokens({ key, width, height }: ImageRef): number[] {
  const MAX_ASPECT_RATIO = 200;
  if (Math.max(width, height) > MAX_ASPECT_RATIO * Math.min(width, height)) return [];
  const resized = smartResize({ width, height }, MERGED_PATCH, PIXEL_BOUNDS, key);
  return [(resized.width / MERGED_PATCH) * (resized.height / MERGED_PATCH)];
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    least: sorted[0] ?? 0,
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    most: sorted.at(-1) ?? 0,
    total: sorted.reduce((sum, value) => sum + value, 0),
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, group]) => [name, group.length]).sort());
}
