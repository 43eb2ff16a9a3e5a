import { createTally, type Spread } from '../base/spread.ts';
import { DEFAULT_DEMANDS } from '../rewards/index.ts';
import { findAspectFault, type ImageSize } from '../schema/image-limits.ts';
import { highestImageMark } from '../schema/image-marks.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Fault } from './check-prompts.ts';
import { type CheckedEntry, streamDataset } from './load-dataset.ts';

/** The model a dataset is checked for. */
export interface CheckedModel {
  /** Its name, as people write it. */
  title: string;
  /** Tokens that control it, which no text of a prompt may hold. */
  controlTokens: readonly string[];
  /** Tokens that an image takes in a prompt. */
  countImageTokens(size: ImageSize): number;
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
  /** Prompts that mark more figures than they have images, whose figures are parts of one image: how many, and the first. */
  compositeImages: { count: number; first?: string };
  /** Fields that nobody reads, with the number of records that have them. */
  unreadFields: Record<string, number>;
  faultCount: number;
  /** The first `LISTED_FAULTS`. */
  faults: Fault[];
}

/** Faults that a summary lists: more are counted. */
export const LISTED_FAULTS = 1000;

/** Reads the dataset a command line names to its end, and says what it holds and what is wrong with it. */
export async function checkDataset(path: string, model: CheckedModel): Promise<DatasetSummary> {
  const { controlTokens } = model;
  const tally = createDatasetTally(model);
  for await (const entry of streamDataset(path, { controlTokens, solutions: DEFAULT_DEMANDS })) tally.add(entry);
  return tally.summarize();
}

/** Counts what a dataset holds, entry by entry. */
export function createDatasetTally({ countImageTokens }: Pick<CheckedModel, 'countImageTokens'>) {
  const counts = { prompts: 0, textOnly: 0, severalImages: 0, multipleChoice: 0, withSolution: 0, images: 0 };
  const [tiers, formats, unreadFields] = [createNameTally(), createNameTally(), createNameTally()];
  const [width, height, imageTokens] = [createTally(), createTally(), createTally()];
  const compositeImages: DatasetSummary['compositeImages'] = { count: 0 };
  const faults: Fault[] = [];
  let faultCount = 0;

  const addImage = (image: Prompt['images'][number]) => {
    counts.images += 1;
    formats.add(image.key.split('.').at(-1) ?? '');
    width.add(image.width);
    height.add(image.height);
    if (!findAspectFault(image, image.key)) imageTokens.add(countImageTokens(image));
  };
  const addPrompt = ({ images, options, solution, tier, question }: Prompt, place: string) => {
    counts.prompts += 1;
    if (images.length === 0) counts.textOnly += 1;
    if (images.length > 1) counts.severalImages += 1;
    if (options !== undefined) counts.multipleChoice += 1;
    if (solution !== undefined) counts.withSolution += 1;
    tiers.add(tier ?? 'none');
    images.forEach(addImage);
    if (images.length !== 1 || highestImageMark([question, ...(options ?? [])]) <= 1) return;
    compositeImages.count += 1;
    compositeImages.first ??= place;
  };
  return {
    add({ placed, unread, faults: found }: CheckedEntry): void {
      if (placed) addPrompt(placed.prompt, placed.place);
      unread.forEach(unreadFields.add);
      faultCount += found.length;
      if (faults.length < LISTED_FAULTS) faults.push(...found.slice(0, LISTED_FAULTS - faults.length));
    },
    summarize(): DatasetSummary {
      return {
        ...counts,
        tiers: tiers.counts(),
        formats: formats.counts(),
        width: width.spread(),
        height: height.spread(),
        imageTokens: imageTokens.spread(),
        compositeImages,
        unreadFields: unreadFields.counts(),
        faultCount,
        faults,
      };
    },
  };
}

/** How often each name came, by name; of names without end only the first `COUNTED_NAMES` are told apart. */
function createNameTally() {
  const counts = new Map<string, number>();
  return {
    add(name: string): void {
      const counted = counts.has(name) || counts.size < COUNTED_NAMES ? name : 'others';
      counts.set(counted, (counts.get(counted) ?? 0) + 1);
    },
    counts: () => Object.fromEntries([...counts].sort()),
  };
}

const COUNTED_NAMES = 1000;
