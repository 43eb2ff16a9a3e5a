import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { splitLines } from '../../base/read-lines.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { Prompt } from '../../schema/prompt.ts';
import { imageFieldsOf } from '../field-names.ts';
import { loadDataset } from '../load-dataset.ts';

/** A line of a dataset: as the file has it, and as the pipeline reads it. */
export interface DatasetRow {
  raw: Record<string, unknown>;
  prompt: Prompt;
}

/**
 * Reads a dataset with its lines; image paths become relative to `outFolder`. Throws `InvalidInputError` on any fault, and where
 * an image lies outside of `outFolder`: datasets reach no such images.
 */
export async function readDatasetRows(dataset: string, outFolder: string): Promise<DatasetRow[]> {
  const { prompts, faults } = await loadDataset(dataset);
  if (faults.length > 0) {
    const [{ place, message }] = faults;
    throw new InvalidInputError(
      `${faults.length} faults, the first at ${place}: ${message}\nrise data check ${dataset} lists them all`,
    );
  }
  if (prompts.length === 0) return [];
  const file = prompts[0].place.replace(/:\d+$/, '');
  const lines = [...splitLines(await readFile(file))];
  const moveImage = (path: string) => {
    const moved = relative(outFolder, join(dirname(file), path));
    if (moved !== '..' && !moved.startsWith(`..${sep}`)) return moved;
    throw new InvalidInputError(`--out ${outFolder} does not hold the dataset's images; write to ${dirname(file)}`);
  };
  return prompts.map(({ place, prompt }) => {
    const line = lines[Number(place.slice(file.length + 1)) - 1] as { text: string };
    const raw = JSON.parse(line.text);
    return { raw: moveImages(raw, moveImage), prompt };
  });
}

function moveImages(row: Record<string, unknown>, move: (path: string) => string): Record<string, unknown> {
  const moveOne = (image: unknown) =>
    typeof image === 'string' ? move(image) : movePath(image as { path: string }, move);
  const moved = imageFieldsOf(row).map((name) => {
    const images = row[name];
    return [name, Array.isArray(images) ? images.map(moveOne) : moveOne(images)];
  });
  return { ...row, ...Object.fromEntries(moved) };
}

const movePath = (image: { path: string }, move: (path: string) => string) => ({ ...image, path: move(image.path) });
