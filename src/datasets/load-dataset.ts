import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import { createPromptChecker, type Fault, type PlacedPrompt, type PromptDemands } from './check-prompts.ts';
import { createDatasetFolder } from './dataset-files.ts';
import { readDataset } from './read-dataset.ts';

/** A line of a dataset and all that is wrong with it. */
export interface CheckedEntry {
  /** Absent where the line could not be read. */
  placed?: PlacedPrompt;
  images: Buffer[];
  /** Fields that nobody reads. */
  unread: string[];
  faults: Fault[];
}

/**
 * Reads and checks the dataset a command line names, a JSONL file or a folder with one, line by line; places are paths as the
 * user gave them. Throws `InvalidInputError` where there is no such file.
 */
export async function* streamDataset(path: string, demands: PromptDemands): AsyncGenerator<CheckedEntry> {
  const { folder, file } = await locate(path);
  const check = createPromptChecker(demands);
  let lines = 0;
  for await (const entry of readDataset(createDatasetFolder(folder), file)) {
    lines += 1;
    const place = join(folder, entry.place);
    if (entry.kind === 'fault') {
      yield { images: [], unread: [], faults: [{ place, message: entry.message }] };
      continue;
    }
    const placed = { place, prompt: entry.prompt };
    yield { placed, images: entry.images, unread: entry.unread, faults: check(placed) };
  }
  if (lines === 0) {
    const message = 'the dataset has no prompts; write one JSON object a line (docs/data.md)';
    yield { images: [], unread: [], faults: [{ place: path, message }] };
  }
}

async function locate(path: string): Promise<{ folder: string; file: string }> {
  const entry = await stat(path).catch((cause) => {
    throw new InvalidInputError(`${path} cannot be read; give a JSONL file or a folder with one`, { cause });
  });
  if (entry.isDirectory()) return { folder: path, file: '' };
  if (!path.endsWith('.jsonl'))
    throw new InvalidInputError(
      `${path} is no .jsonl file; give one, a folder with one, or what rise convert makes of it`,
    );
  return { folder: dirname(path), file: basename(path) };
}
