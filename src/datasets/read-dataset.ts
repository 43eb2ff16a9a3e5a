import { posix } from 'node:path';
import { streamBounded } from '../base/bounded.ts';
import { hashJson } from '../base/hash.ts';
import { readLines, type TextLine } from '../base/read-lines.ts';
import { InvalidInputError, NotFoundError } from '../schema/errors.ts';
import type { ImageRef, Prompt } from '../schema/prompt.ts';
import type { DatasetFiles } from './dataset-files.ts';
import { parseRow } from './dataset-row.ts';
import { describeImage, readImageFile } from './read-image.ts';

/** One line of a dataset file: a prompt with its image files, or what is wrong with the line. */
export type DatasetEntry =
  | { kind: 'prompt'; place: string; prompt: Prompt; images: Buffer[]; unread: string[] }
  | { kind: 'fault'; place: string; message: string };

/** Read at once: fetching an image takes longer than decoding it. */
const CONCURRENT_ROWS = 16;

/**
 * Reads a dataset line by line: a JSONL file, or a folder with exactly one; image paths are relative to the file.
 * Every image is decoded whole. `place` is `file:line`. Throws `InvalidInputError` where there is no such file.
 */
export async function* readDataset(files: DatasetFiles, path: string, limit = Infinity): AsyncGenerator<DatasetEntry> {
  const file = await findDatasetFile(files, path);
  const folder = posix.dirname(file);
  yield* streamBounded(readRows(files, file, limit), CONCURRENT_ROWS, (line) => readEntry(files, folder, file, line));
}

/** The lines of a file that are not blank, at most so many. */
async function* readRows(files: DatasetFiles, file: string, limit: number): AsyncGenerator<TextLine> {
  let count = 0;
  try {
    for await (const line of readLines(files.readStream(file))) {
      if ('text' in line && line.text.trim() === '') continue;
      yield line;
      if (++count >= limit) return;
    }
  } catch (cause) {
    if (cause instanceof NotFoundError) throw new InvalidInputError(`${file} is not there`, { cause });
    throw cause instanceof InvalidInputError ? new InvalidInputError(`${file} ${cause.message}`, { cause }) : cause;
  }
}

async function readEntry(files: DatasetFiles, folder: string, file: string, line: TextLine): Promise<DatasetEntry> {
  const place = `${file}:${line.number}`;
  if ('fault' in line) return { kind: 'fault', place, message: line.fault };
  try {
    return { kind: 'prompt', place, ...(await readRow(files, folder, line.text)) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { kind: 'fault', place, message: error.message };
  }
}

async function findDatasetFile(files: DatasetFiles, path: string): Promise<string> {
  if (path.endsWith('.jsonl')) return path;
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  const candidates = (await files.list(folder)).filter(
    (key) => key.endsWith('.jsonl') && !key.slice(folder.length).includes('/'),
  );
  if (candidates.length === 1) return candidates[0];
  const found =
    candidates.length === 0 ? 'no JSONL file' : `${candidates.length} JSONL files (${candidates.join(', ')})`;
  throw new InvalidInputError(`the dataset folder ${path || '.'} has ${found}; name the file`);
}

async function readRow(
  files: DatasetFiles,
  folder: string,
  line: string,
): Promise<{ prompt: Prompt; images: Buffer[]; unread: string[] }> {
  const { imagePaths, unread, ...fields } = parseRow(line);
  const images: Buffer[] = [];
  const refs: ImageRef[] = [];
  for (const path of imagePaths) {
    const bytes = await readImageFile(files, folder, path);
    refs.push(await describeImage(bytes, path));
    images.push(bytes);
  }
  const prompt = { ...fields, images: refs };
  return { prompt: { ...prompt, promptId: fields.promptId ?? makeId(prompt) }, images, unread };
}

/** The id of a record that has none: by what is asked, so that it stays when lines move. */
export function makeId({ question, options = [], images }: Pick<Prompt, 'question' | 'options' | 'images'>): string {
  return `row-${hashJson([question, options, images.map(({ sha256 }) => sha256)], 16)}`;
}
