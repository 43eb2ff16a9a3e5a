import type { RawImage } from '../../base/raw-image.ts';
import { layOutImages } from '../../schema/image-marks.ts';
import type { ContentPart } from './processor.ts';

/** A question as message content: each image stands at its mark, and images the text does not mark come first. */
export function questionContent(question: string, images: readonly (Uint8Array | RawImage)[]): ContentPart[] {
  return layOutImages(question, images.length).map((piece) =>
    piece.kind === 'text' ? { type: 'text', text: piece.text } : { type: 'image', image: images[piece.index] },
  );
}
