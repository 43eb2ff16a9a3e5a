import { InvalidInputError } from '../../schema/errors.ts';
import type { Prompt } from '../../schema/prompt.ts';
import { readFields } from '../dataset-row.ts';
import { makeId } from '../read-dataset.ts';
import type { ReadRow } from './foreign-row.ts';
import type { FoundImage, ImageFiles } from './image-files.ts';
import type { Importer } from './importer.ts';

/** A row as a prompt with its images, or why it is none. */
export type ConvertedRow = { prompt: Prompt; images: FoundImage[]; unread: string[] } | { fault: string };

/** Reads a row as the format has it, then as a line of a dataset is read, then its images. */
export async function convertRow(
  read: ReadRow,
  importer: Importer,
  images: Pick<ImageFiles, 'find'>,
): Promise<ConvertedRow> {
  if ('fault' in read) return { fault: read.fault };
  try {
    const imported = importer.read(read.row);
    const { imagePaths: _, unread, ...fields } = readFields(imported.fields);
    const found: FoundImage[] = [];
    for (const source of imported.images) found.push(await images.find(source));
    const prompt = { ...fields, images: found.map(({ ref }) => ref) };
    return {
      prompt: { ...prompt, promptId: fields.promptId ?? makeId(prompt) },
      images: found,
      unread: [...imported.unread, ...unread],
    };
  } catch (error) {
    if (error instanceof InvalidInputError) return { fault: error.message };
    throw error;
  }
}

/** A prompt as a line of a dataset (docs/data.md); undefined fields are left out. */
export function encodeRow({ promptId, question, images, options, groundTruth, ...rest }: Prompt) {
  const paths = images.length === 0 ? undefined : images.map(({ key }) => key);
  const { solution, annotations, tier, details } = rest;
  const answered = { options, answer: groundTruth, solution, annotations, tier, details };
  const record = { id: promptId, question, images: paths, ...answered };
  return `${JSON.stringify(record)}\n`;
}
