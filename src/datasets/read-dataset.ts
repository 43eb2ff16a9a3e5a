import { posix } from 'node:path';
import { streamBounded } from '../base/bounded.ts';
import { sha256Of } from '../base/hash.ts';
import { decodeImage } from '../images/decode-image.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { imageKey } from '../schema/keys.ts';
import type { ImageRef, Prompt } from '../schema/prompt.ts';
import { DatasetRow } from './dataset-row.ts';

/** The files of a dataset: any store will do. */
export interface DatasetFiles {
  read(path: string): Promise<Buffer>;
  list(prefix: string): Promise<string[]>;
}

/** One line of a dataset file: a prompt with its image files, or what is wrong with the line. */
export type DatasetEntry =
  | { kind: 'prompt'; place: string; prompt: Prompt; images: Buffer[] }
  | { kind: 'fault'; place: string; message: string };

/** Read at once: fetching an image takes longer than decoding it. */
const CONCURRENT_ROWS = 16;
const EXTENSIONS: Record<string, string> = { jpeg: 'jpg' };

/**
 * Reads a dataset line by line: a JSONL file, or a folder with exactly one; image paths are relative to the file.
 * Every image is decoded whole. `place` is `file:line`. Throws `InvalidInputError` where there is no such file.
 */
export async function* readDataset(files: DatasetFiles, path: string, limit = Infinity): AsyncGenerator<DatasetEntry> {
  const file = await findDatasetFile(files, path);
  const lines = (await files.read(file)).toString('utf8').split('\n');
  const rows = lines.flatMap((line, index) => (line.trim() === '' ? [] : [{ line, place: `${file}:${index + 1}` }]));
  const folder = posix.dirname(file);
  yield* streamBounded(rows.slice(0, limit), CONCURRENT_ROWS, (row) => readEntry(files, folder, row));
}

async function readEntry(
  files: DatasetFiles,
  folder: string,
  { line, place }: { line: string; place: string },
): Promise<DatasetEntry> {
  try {
    return { kind: 'prompt', place, ...(await readRow(files, folder, line)) };
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
): Promise<{ prompt: Prompt; images: Buffer[] }> {
  const { imagePaths, ...fields } = parseRow(line);
  const images: Buffer[] = [];
  const refs: ImageRef[] = [];
  for (const imagePath of imagePaths) {
    const bytes = await readImage(files, folder, imagePath);
    refs.push(await describeImage(bytes, imagePath));
    images.push(bytes);
  }
  return { prompt: { ...fields, images: refs }, images };
}

function parseRow(line: string): DatasetRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new InvalidInputError(`no JSON: ${(cause as Error).message}`, { cause });
  }
  const row = DatasetRow.safeParse(value);
  if (row.success) return row.data;
  const issues = row.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new InvalidInputError(issues.join('; '), { cause: row.error });
}

async function readImage(files: DatasetFiles, folder: string, imagePath: string): Promise<Buffer> {
  try {
    return await files.read(posix.join(folder, imagePath));
  } catch (cause) {
    throw new InvalidInputError(`image ${imagePath} cannot be read; image paths are relative to the JSONL file`, {
      cause,
    });
  }
}

/** Decodes the whole image, so that a truncated one is found now, and names it by content. */
async function describeImage(bytes: Buffer, name: string): Promise<ImageRef> {
  const { width, height, format } = await decodeImage(bytes, `image ${name}`);
  const sha256 = sha256Of(bytes);
  return { key: imageKey(sha256, EXTENSIONS[format] ?? format), sha256, width, height };
}
