import { posix } from 'node:path';
import { LRUCache } from 'lru-cache';
import sharp from 'sharp';
import { createBudget } from '../base/budget.ts';
import { sha256Of } from '../base/hash.ts';
import { shorten } from '../base/terminal-text.ts';
import { decodeImage } from '../images/decode-image.ts';
import { CorruptRecordError, InvalidInputError } from '../schema/errors.ts';
import { MAX_IMAGE_PIXELS } from '../schema/image-limits.ts';
import { imageKey } from '../schema/keys.ts';
import type { ImageRef } from '../schema/prompt.ts';
import { type DatasetFiles, findPathFault } from './dataset-files.ts';

const EXTENSIONS: Record<string, string> = { jpeg: 'jpg' };

/** Pixels decoded at once in this process: one image of the most, or many small ones. */
const pixels = createBudget(MAX_IMAGE_PIXELS);

/** The bytes of an image that a record names. Throws `InvalidInputError` that names it and says what to do. */
export async function readImageFile(files: DatasetFiles, folder: string, path: string): Promise<Buffer> {
  const name = `image ${shorten(path)}`;
  const fault = findPathFault(path);
  if (fault !== undefined) throw new InvalidInputError(`${name} ${fault}`);
  try {
    return await files.read(posix.join(folder, path));
  } catch (cause) {
    const isTold = cause instanceof InvalidInputError || cause instanceof CorruptRecordError;
    const reason = isTold ? cause.message : 'cannot be read; image paths are relative to the JSONL file';
    throw new InvalidInputError(`${name} ${reason}`, { cause });
  }
}

/** What is known of images by their sha256: many prompts may share one. */
const described = new LRUCache<string, ImageRef>({ max: 10_000 });

/** Decodes the whole image, so that a truncated one is found now, and names it by content. */
export async function describeImage(bytes: Buffer, path: string): Promise<ImageRef> {
  const sha256 = sha256Of(bytes);
  const known = described.get(sha256);
  if (known) return known;
  const name = `image ${shorten(path)}`;
  const { width, height, format } = await pixels.spend(await countPixels(bytes), () => decodeImage(bytes, name));
  const ref = { key: imageKey(sha256, EXTENSIONS[format] ?? format), sha256, width, height };
  described.set(sha256, ref);
  return ref;
}

/** Pixels of an image by its header; those of the largest where decoding has to tell. */
async function countPixels(bytes: Buffer): Promise<number> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return width * height;
  } catch {
    return MAX_IMAGE_PIXELS;
  }
}
