import { isUtf8 } from 'node:buffer';

/** A line with its number from 1: its text and the byte that this begins at, or why it has none. */
export type TextLine = { number: number; text: string; start: number } | { number: number; fault: string };

/** What a line may hold of memory where a file may be anything. */
export const MAX_LINE_BYTES = 16 * 2 ** 20;

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
export async function* readLines(
  chunks: AsyncIterable<Uint8Array | string>,
  maxLineBytes = MAX_LINE_BYTES,
): AsyncGenerator<TextLine> {
  const line = createLine(maxLineBytes);
  for await (const chunk of chunks) {
    const bytes = toBuffer(chunk);
    const other = line.isFresh() ? findOtherFormat(bytes) : undefined;
    if (other !== undefined) {
      yield { number: 1, fault: other };
      return;
    }
    yield* takeLines(line, bytes);
  }
  if (!line.isEmpty()) yield line.finish();
}

/** As `readLines`, of bytes at hand. */
export function* splitLines(bytes: Buffer): Generator<TextLine> {
  const other = findOtherFormat(bytes);
  if (other !== undefined) {
    yield { number: 1, fault: other };
    return;
  }
  const line = createLine(Number.POSITIVE_INFINITY);
  yield* takeLines(line, bytes);
  if (!line.isEmpty()) yield line.finish();
}

const toBuffer = (chunk: Uint8Array | string): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

const findOtherFormat = (start: Buffer): string | undefined =>
  OTHER_FORMATS.find(([magic]) => magic.every((byte, index) => start[index] === byte))?.[1];

function* takeLines(line: Line, bytes: Buffer): Generator<TextLine> {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    line.add(bytes.subarray(start, end));
    yield line.finish();
    start = end + 1;
  }
  line.add(bytes.subarray(start));
}

type Line = ReturnType<typeof createLine>;

/** The line that is being read, piece by piece; of one that is too long only its length is kept. */
function createLine(maxBytes: number) {
  let number = 1;
  let start = 0;
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    isEmpty: () => length === 0,
    isFresh: () => number === 1 && length === 0,
    add(piece: Buffer): void {
      length += piece.length;
      if (length <= maxBytes) pieces.push(piece);
      else pieces = [];
    },
    finish(): TextLine {
      const line = { number, ...(length > maxBytes ? describeExcess(length, maxBytes) : readText(pieces, start)) };
      number += 1;
      start += length + 1;
      pieces = [];
      length = 0;
      return line;
    },
  };
}

function describeExcess(length: number, maxBytes: number): { fault: string } {
  const [size, most] = [length, maxBytes].map((bytes) => Math.ceil(bytes / 2 ** 20));
  return { fault: `the line has ${size} MB, over the limit of ${most}; keep pictures in files beside it` };
}

function readText(pieces: readonly Buffer[], start: number): { text: string; start: number } | { fault: string } {
  const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  if (!isUtf8(bytes)) return { fault: 'the line is not UTF-8; save the file as UTF-8' };
  const text = bytes.toString('utf8');
  if (!text.startsWith(BYTE_ORDER_MARK)) return { text, start };
  return { text: text.slice(1), start: start + Buffer.byteLength(BYTE_ORDER_MARK) };
}
