import { InvalidInputError } from '../../schema/errors.ts';
import type { ContentPart, RawImage } from './processor.ts';

/**
 * A question as message content: each `<image1>`, `<image2>`, ... becomes that image; images the text does not mark
 * come first, in order.
 * @throws InvalidInputError when the text marks an image the prompt does not have
 */
export function questionContent(question: string, images: (Uint8Array | RawImage)[]): ContentPart[] {
  const marked = new Set<number>();
  // Splitting on a capturing group alternates text and image numbers.
  const parts = question.split(/<image(\d+)>/).flatMap((piece, index): ContentPart[] => {
    if (index % 2 === 0) return piece === '' ? [] : [{ type: 'text', text: piece }];
    const image = images[Number(piece) - 1];
    if (image === undefined) {
      throw new InvalidInputError(
        `the question marks <image${piece}> and the prompt has ${images.length} images; add the image or drop the mark`,
      );
    }
    marked.add(Number(piece) - 1);
    return [{ type: 'image', image }];
  });
  const unmarked = images.flatMap((image, index): ContentPart[] =>
    marked.has(index) ? [] : [{ type: 'image', image }],
  );
  return [...unmarked, ...parts];
}
