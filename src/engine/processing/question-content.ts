import type { RawImage } from '../../base/raw-image.ts';
import type { ContentPart } from './processor.ts';

/**
 * A question as message content: the first `<image1>` becomes the first image, and so on; images the text does not
 * mark come first, in order. Marks that repeat, or go past the images, stay as text: data sets number the figures
 * within one picture that way.
 */
export function questionContent(question: string, images: readonly (Uint8Array | RawImage)[]): ContentPart[] {
  const unplaced = new Map(images.map((image, index) => [`<image${index + 1}>`, image]));
  const parts: ContentPart[] = [];
  let text = '';
  for (const piece of question.split(/(<image\d+>)/)) {
    const image = unplaced.get(piece);
    if (image === undefined) {
      text += piece;
      continue;
    }
    unplaced.delete(piece);
    if (text !== '') parts.push({ type: 'text', text });
    parts.push({ type: 'image', image });
    text = '';
  }
  if (text !== '') parts.push({ type: 'text', text });
  return [...[...unplaced.values()].map((image) => ({ type: 'image' as const, image })), ...parts];
}
