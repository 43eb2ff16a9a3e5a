import { dirname, join, relative, sep } from 'node:path';
import { readLines } from '../../base/read-lines.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { imageFieldsOf } from '../field-names.ts';

/** A line of a dataset as its file has it. */
export type RawRow = Record<string, unknown>;

/**
 * The lines of a dataset file that reads without a fault, image paths made relative to `outFolder`. Throws `InvalidInputError`
 * where an image lies outside of `outFolder`: datasets reach no such images.
 */
export async function* streamRows(file: string, outFolder: string): AsyncGenerator<RawRow> {
  const folder = dirname(file);
  const moveImage = (path: string) => {
    const moved = relative(outFolder, join(folder, path));
    if (moved !== '..' && !moved.startsWith(`..${sep}`)) return moved;
    throw new InvalidInputError(`--out ${outFolder} does not hold the dataset's images; write to ${folder}`);
  };
  for await (const line of readLines(createLocalStore(folder).readStream(relative(folder, file)))) {
    const { text } = line as { text: string };
    if (text.trim() !== '') yield moveImages(JSON.parse(text), moveImage);
  }
}

function moveImages(row: RawRow, move: (path: string) => string): RawRow {
  const moveOne = (image: unknown) =>
    typeof image === 'string' ? move(image) : movePath(image as { path: string }, move);
  const moved = imageFieldsOf(row).map((name) => {
    const images = row[name];
    return [name, Array.isArray(images) ? images.map(moveOne) : moveOne(images)];
  });
  return { ...row, ...Object.fromEntries(moved) };
}

const movePath = (image: { path: string }, move: (path: string) => string) => ({ ...image, path: move(image.path) });
