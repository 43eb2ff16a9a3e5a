import type { ExportRow, Question } from './exporter.ts';

/** What trainers that render a chat template to its end learn of a row: our SFT stops at the end token. */
export const LEARNED_NOTE =
  '- The loss is on the answer and its end token, as in this run, and on the line break that the template adds.\n';

/** A question as one text, with `<image>` where the next image stands. Its images stand in that order: `imagesInOrder`. */
export const markedText = ({ content }: Question) =>
  content.map((piece) => (piece.kind === 'text' ? piece.text : '<image>')).join('');

/** The images of a question in the order in which they stand in it. */
export const imagesInOrder = ({ content, images }: Question) =>
  content.flatMap((piece) => (piece.kind === 'image' ? [images[piece.index]] : []));

/** Images as `datasets` embeds them. */
export const embeddedImages = (row: Question) => imagesInOrder(row).map(({ bytes, name }) => ({ bytes, path: name }));

/** What is said in a row, by whom. */
export const textsOf = (row: ExportRow) => [
  { who: 'system prompt', text: row.system ?? '' },
  ...row.content.flatMap((piece) => (piece.kind === 'text' ? [{ who: 'question', text: piece.text }] : [])),
  { who: 'response', text: row.set === 'sft' ? row.example.response : '' },
];

/** Why a row cannot be written where these marks stand for media: one of its texts has one of its own. */
export function findStrayMark(row: ExportRow, marks: readonly string[]): string | undefined {
  for (const { who, text } of textsOf(row)) {
    const mark = marks.find((each) => text.includes(each));
    if (mark)
      return `its ${who} says ${mark}, which the format takes for a medium; leave the example out, or reword it`;
  }
  return undefined;
}
