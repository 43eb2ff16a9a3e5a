import { isUtf8 } from 'node:buffer';

/** Longer lines are skipped and named: what a line may hold of memory. */
export const MAX_LINE_BYTES = 16 * 2 ** 20;

/** A line with its number from 1: its text, or why it has none. */
export type TextLine = { number: number; text: string } | { number: number; fault: string };

const LINE_FEED = 10;
const BYTE_ORDER_MARK = '\uFEFF';
const OTHER_FORMATS: readonly [bytes: readonly number[], fault: string][] = [
  [[0xff, 0xfe], 'the file is UTF-16; save it as UTF-8'],
  [[0xfe, 0xff], 'the file is UTF-16; save it as UTF-8'],
  [[0x1f, 0x8b], 'the file is compressed (gzip); unpack it'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'the file is compressed (zstd); unpack it'],
  [[0x50, 0x4b, 0x03, 0x04], 'the file is a ZIP archive; unpack it'],
  [[0x50, 0x41, 0x52, 0x31], 'the file is Parquet; write it as JSON lines'],
];

/**
 * Lines of UTF-8 text, split at line feeds alone (JSON may hold the other separators as they are); byte order marks are
 * taken off. No more than a line is held. A line that is too long or no UTF-8 is a fault, as is a file of another format.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<TextLine> {
  const line = createLine();
  let isFirst = true;
  for await (const piece of chunks) {
    const chunk = toBuffer(piece);
    if (isFirst && chunk.length > 0) {
      isFirst = false;
      const other = OTHER_FORMATS.find(([bytes]) => bytes.every((byte, index) => chunk[index] === byte));
      if (other) {
        yield { number: 1, fault: other[1] };
        return;
      }
    }
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      line.add(chunk.subarray(start, end));
      yield line.finish();
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.length() > 0) yield line.finish();
}

const toBuffer = (piece: Uint8Array | string): Buffer =>
  typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);

/** The line that is being read, piece by piece; of one that is too long only its length is kept. */
function createLine() {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    length: () => length,
    add(piece: Buffer): void {
      length += piece.length;
      if (length <= MAX_LINE_BYTES) pieces.push(piece);
      else pieces = [];
    },
    finish(): TextLine {
      const line = { number, ...readText(pieces, length) };
      number += 1;
      pieces = [];
      length = 0;
      return line;
    },
  };
}

function readText(pieces: readonly Buffer[], length: number): { text: string } | { fault: string } {
  if (length > MAX_LINE_BYTES) {
    const size = `${Math.ceil(length / 2 ** 20)} MB`;
    return { fault: `the line has ${size}, over the limit of ${MAX_LINE_BYTES / 2 ** 20}; keep pictures in files` };
  }
  const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  if (!isUtf8(bytes)) return { fault: 'the line is not UTF-8; save the file as UTF-8' };
  const text = bytes.toString('utf8');
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}
