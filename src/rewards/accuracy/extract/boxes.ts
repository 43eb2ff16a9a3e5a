import { MAX_AROUND, withSurroundings } from './around-box.ts';

/** Content of a box, and where the box stands. */
export interface Box {
  start: number;
  end: number;
  content: string;
}

/**
 * The last `\boxed{...}` or `\fbox{...}` whose braces close, nested braces included, or `\boxed 5`. Boxes with nothing but
 * a comma, "and" or "or" between them hold one answer: they are joined by commas. What stands right around the
 * box belongs to it: a minus, a factor, a power, a magnitude.
 */
export function lastBox(text: string): Box | undefined {
  const boxes = closedBoxes(text);
  const last = boxes.at(-1);
  if (!last) return undefined;
  const contents = [contentOf(text, last)];
  let first = last;
  for (let index = boxes.length - 2; index >= 0; index -= 1) {
    const between = text.slice(boxes[index].end, boxes[index + 1].start).replaceAll('$', '');
    if (!/^\s*(?:,|,?\s*and|,?\s*or)\s*$/.test(between)) break;
    first = boxes[index];
    contents.unshift(contentOf(text, first));
  }
  return { start: first.start, end: last.end, content: contents.join(', ') };
}

const contentOf = (text: string, { start, end, content }: Box) =>
  withSurroundings(text.slice(Math.max(0, start - MAX_AROUND), start), content, text.slice(end, end + MAX_AROUND));

/** Every box that closes and stands in no other, in one pass over the text. */
function closedBoxes(text: string): Box[] {
  const boxes: Box[] = [];
  const open: { start: number; contentStart: number; isBox: boolean }[] = [];
  const pattern = /\\f?box(?:ed)?\s*\{|\\boxed(?:\s+|(?=[-\d]))(-?[\w./]+)|\\[\s\S]|[{}]/g;
  for (const { 0: mark, 1: bare, index } of text.matchAll(pattern)) {
    if (bare !== undefined) {
      boxes.push({ start: index, end: index + mark.length, content: bare.replace(/\.$/, '') });
    } else if (mark.endsWith('{') && mark !== '\\{') {
      open.push({ start: index, contentStart: index + mark.length, isBox: mark.length > 1 });
    } else if (mark === '}') {
      const opened = open.pop();
      if (!opened?.isBox) continue;
      while (boxes.length > 0 && boxes[boxes.length - 1].start > opened.start) boxes.pop();
      boxes.push({ start: opened.start, end: index + 1, content: text.slice(opened.contentStart, index) });
    }
  }
  return boxes;
}
