import { findAspectFault, type ImageSize } from '../schema/image-limits.ts';
import type { Prompt } from '../schema/prompt.ts';
import { type Fault, highestImageMark, type PlacedPrompt } from './check-prompts.ts';
import { loadDataset } from './load-dataset.ts';

/** The model whose tokens a summary counts. */
export interface TokenCounter {
  /** Its name, as people write it. */
  title: string;
  /** Tokens that an image takes in a prompt. */
  countImageTokens(size: ImageSize): number;
}

export interface Spread {
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

/** Reads the dataset a command line names, and says what it holds and everything wrong with it. */
export async function checkDataset(path: string, model: TokenCounter): Promise<DatasetSummary> {
  const { prompts, faults } = await loadDataset(path);
  return summarize(prompts, faults, model);
}

function summarize(placed: readonly PlacedPrompt[], faults: readonly Fault[], model: TokenCounter): DatasetSummary {
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
