/** A piece of a text: words, or a mark where an image stands. `number` counts from 1; absent for a bare `<image>`. */
export type MarkedPiece = { kind: 'text'; text: string } | { kind: 'mark'; text: string; number?: number };

/** `<image>`, and `<image1>`, `<image 1>` or `<image_1>`, in any case. */
const MARK = /(<image(?:[ _-]?\d+)?>)/i;
/** What other tools write where an image or another medium stands, and nothing here reads. */
const FOREIGN_MARK =
  /<\/?\|?(?:image|img|video|audio)\b[^<>\n]{0,60}>|<\/?\|?(?:image|img|video|audio)_[^<>\s]{0,40}>/gi;

/** The pieces of a text in order, none of them empty. */
export function splitAtMarks(text: string): MarkedPiece[] {
  return text.split(MARK).flatMap((piece, index): MarkedPiece[] => {
    if (index % 2 === 0) return piece === '' ? [] : [{ kind: 'text', text: piece }];
    const digits = /\d+/.exec(piece)?.[0];
    return [{ kind: 'mark', text: piece, ...(digits && { number: Number(digits) }) }];
  });
}

/** A piece of a question laid out: words, or the image of an index from 0. */
export type LaidOutPiece = { kind: 'text'; text: string } | { kind: 'image'; index: number };

/**
 * Where the images of a text stand. Bare marks stand for one image after the other; numbered ones for the image they number,
 * the first time. Images without a mark come first, in order. Numbered marks that repeat, or go past the images, stay as
 * text: data sets number the figures within one picture that way.
 */
export function layOutImages(text: string, imageCount: number): LaidOutPiece[] {
  const placed = new Set<number>();
  const pieces: LaidOutPiece[] = [];
  const addText = (added: string) => {
    const last = pieces.at(-1);
    if (last?.kind === 'text') last.text += added;
    else pieces.push({ kind: 'text', text: added });
  };
  let bare = 0;
  for (const piece of splitAtMarks(text)) {
    const index = piece.kind === 'mark' ? (piece.number ?? ++bare) - 1 : -1;
    if (index < 0 || index >= imageCount || placed.has(index)) {
      addText(piece.text);
      continue;
    }
    placed.add(index);
    pieces.push({ kind: 'image', index });
  }
  const unmarked = Array.from({ length: imageCount }, (_, index) => index).filter((index) => !placed.has(index));
  return [...unmarked.map((index) => ({ kind: 'image' as const, index })), ...pieces];
}

/** Highest n of the marks `<imageN>`; 0 without such marks. */
export function highestImageMark(texts: readonly string[]): number {
  return marksOf(texts).reduce((highest, { number = 0 }) => Math.max(highest, number), 0);
}

/**
 * What is wrong with the marks of a question and its options. Each bare mark needs its image and each image its mark, once there
 * is one; numbered marks need theirs unless they number the figures of a single image.
 */
export function findMarkFault(texts: readonly string[], imageCount: number): string | undefined {
  const foreign = findForeignMark(texts);
  if (foreign !== undefined) return `${foreign} is read as text; mark images by <image>, and leave other media out`;
  const marks = marksOf(texts);
  const bare = marks.filter(({ number }) => number === undefined).length;
  const images = `${imageCount} ${imageCount === 1 ? 'image' : 'images'}`;
  if (bare > 0 && bare < marks.length) return 'some image marks have a number and some have none; number all or none';
  if (bare > 0 && bare !== imageCount) {
    return `${bare} <image> ${bare === 1 ? 'mark' : 'marks'} for ${images}; give each image one mark, or leave out all marks`;
  }
  const zero = marks.find(({ number }) => number === 0);
  if (zero) return `${zero.text} marks no image: they count from 1`;
  const highest = marks.reduce((most, mark) => ((mark.number ?? 0) > (most?.number ?? 0) ? mark : most), marks.at(0));
  if (!highest?.number || highest.number <= imageCount || imageCount === 1) return undefined;
  return `${highest.text} has no image: the prompt has ${imageCount}; add the image or remove the mark`;
}

const marksOf = (texts: readonly string[]) =>
  texts.flatMap(splitAtMarks).filter((piece): piece is MarkedPiece & { kind: 'mark' } => piece.kind === 'mark');

function findForeignMark(texts: readonly string[]): string | undefined {
  const found = texts.flatMap((text) => text.match(FOREIGN_MARK) ?? []);
  return found.find((mark) => splitAtMarks(mark)[0].kind === 'text');
}
