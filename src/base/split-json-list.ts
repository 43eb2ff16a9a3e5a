import type { TextLine } from './read-lines.ts';

const [QUOTE, BACKSLASH, COMMA] = [34, 92, 44];
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/**
 * Elements of one JSON list, or entries of one object, each as its text, numbered from 1; no more than one is held. What is no
 * JSON shows when an element is parsed; a list that does not end, or something behind it, is a fault of the last number.
 */
export async function* splitJsonList(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<TextLine> {
  let [number, depth, start] = [1, 0, 0];
  let [isText, isEscaped] = [false, false];
  let pieces: Buffer[] = [];
  let length = 0;
  const keep = (piece: Buffer) => {
    length += piece.length;
    if (length > maxBytes) pieces = [];
    else pieces.push(piece);
  };
  const finish = (): TextLine => {
    const fault = length > maxBytes ? `the element has over ${maxBytes / 2 ** 20} MB; split it` : undefined;
    const text = Buffer.concat(pieces).toString('utf8');
    [pieces, length] = [[], 0];
    return fault === undefined ? { number: number++, text, start } : { number: number++, fault };
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
      } else if (byte === QUOTE) isText = true;
      else if (OPENING.has(byte)) {
        depth += 1;
        if (depth === 1) from = at + 1;
      } else if (CLOSING.has(byte) || (byte === COMMA && depth === 1)) {
        if (byte !== COMMA) depth -= 1;
        if (depth > 1 || (depth === 1 && byte !== COMMA)) continue;
        keep(bytes.subarray(from, at));
        from = at + 1;
        yield finish();
        start += 1;
      }
    }
    if (depth > 0) keep(bytes.subarray(from));
  }
  if (depth > 0) yield { number, fault: 'the list does not end; the file is cut, download it again' };
}
