import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import { createLocalStore } from '../store/local-store.ts';
import { type Fault, findFaults, type PlacedPrompt } from './check-prompts.ts';
import { readDataset } from './read-dataset.ts';

/** A dataset read to its end, and everything wrong with it in the order of its lines. */
export interface LoadedDataset {
  prompts: PlacedPrompt[];
  faults: Fault[];
}

/**
 * Reads the dataset a command line names, a JSONL file or a folder with one; places are paths as the user gave them.
 * `onImages` gets the image files of each prompt, which memory does not hold.
 */
export async function loadDataset(
  path: string,
  onImages: (prompt: Prompt, images: Buffer[]) => Promise<void> = async () => {},
): Promise<LoadedDataset> {
  const { folder, file } = await locate(path);
  const prompts: PlacedPrompt[] = [];
  const lineFaults: Fault[] = [];
  for await (const entry of readDataset(createLocalStore(folder), file)) {
    const place = join(folder, entry.place);
    if (entry.kind === 'fault') {
      lineFaults.push({ place, message: entry.message });
      continue;
    }
    await onImages(entry.prompt, entry.images);
    prompts.push({ place, prompt: entry.prompt });
  }
  const lineOf = ({ place }: Fault) => Number(place.split(':').at(-1));
  const faults = [...lineFaults, ...findFaults(prompts)].sort((left, right) => lineOf(left) - lineOf(right));
  return { prompts, faults };
}

async function locate(path: string): Promise<{ folder: string; file: string }> {
  const entry = await stat(path).catch((cause) => {
    throw new InvalidInputError(`${path} cannot be read; give a JSONL file or a folder with one`, { cause });
  });
  if (entry.isDirectory()) return { folder: path, file: '' };
  if (!path.endsWith('.jsonl'))
    throw new InvalidInputError(`${path} is no .jsonl file; give one, or a folder with one`);
  return { folder: dirname(path), file: basename(path) };
}
