import { InvalidInputError } from '../schema/errors.ts';
import { layOutImages } from '../schema/image-marks.ts';
import type { ImageRef } from '../schema/prompt.ts';
import type { Store } from '../store/store.ts';
import { IMAGE_MEDIA, type ImageEnding, type MessagePiece } from './text-request.ts';

/** An image of a prompt as a file. */
export interface ImageFile {
  ending: ImageEnding;
  bytes: Uint8Array;
}

/** A question as the pieces of a message: its images stand where it marks them. */
export const questionPieces = (text: string, images: readonly ImageFile[]): MessagePiece[] =>
  layOutImages(text, images.length).map((piece) =>
    piece.kind === 'text' ? piece : { kind: 'image', ...images[piece.index] },
  );

/** An image as endpoints take it. Throws `InvalidInputError` where its format is none that they read. */
export async function readImageFile(store: Pick<Store, 'read'>, { key }: ImageRef): Promise<ImageFile> {
  const ending = endingOf(key);
  if (isTakenEnding(ending)) return { ending, bytes: await store.read(key) };
  throw new InvalidInputError(`${key} is no image that endpoints take; make it a PNG`);
}

export const isTakenImage = (key: string) => isTakenEnding(endingOf(key));

const endingOf = (key: string) => key.slice(key.lastIndexOf('.') + 1);
const isTakenEnding = (ending: string): ending is ImageEnding => ending in IMAGE_MEDIA;
