import { findAspectFault, type ImageSize } from '../schema/image-limits.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Fault, PlacedPrompt } from './check-prompts.ts';
import { highestImageMark } from './check-prompts.ts';

/** The model whose tokens a summary counts. */
export interface TokenCounter {
  /** As people write its name. */
  title: string;
  /** Tokens that an image takes in a prompt. */
  countImageTokens(size: ImageSize): number;
}

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
  /** Tokens an image takes in the prompt; nothing of an image whose sides no processor takes. */
  imageTokens: Spread;
  /** Prompts that mark more figures than they have images: the figures are parts of one image. */
  compositeImages: string[];
  faults: Fault[];
}

export function summarizeDataset(
  placed: readonly PlacedPrompt[],
  faults: readonly Fault[],
  model: TokenCounter,
): DatasetSummary {
  const prompts = placed.map(({ prompt }) => prompt);
  const images = prompts.flatMap((prompt) => prompt.images);
  const sound = images.filter((image) => !findAspectFault(image, image.key));
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
    imageTokens: spreadOf(sound.map((image) => model.countImageTokens(image))),
    compositeImages: placed.filter(({ prompt }) => isComposite(prompt)).map(({ place }) => place),
    faults: [...faults],
  };
}

/** The summary for a terminal; faults come last, one a line. */
export function renderDatasetSummary(summary: DatasetSummary, { title }: TokenCounter): string {
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
          `image tokens  ${spread(summary.imageTokens)}; ${summary.imageTokens.total} in all (${title})`,
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
