import fc from 'fast-check';
import { MAX_LINE_BYTES, readLines, splitLines, type TextLine } from '../../../src/base/read-lines.ts';

async function read(...chunks: (string | Buffer)[]): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  const bytes = chunks.map((chunk) => Buffer.from(chunk as string));
  for await (const line of readLines(stream(bytes), 100)) lines.push(line);
  return lines;
}

async function* stream(chunks: Buffer[]) {
  yield* chunks;
}

const texts = (lines: TextLine[]) => lines.map((line) => ('text' in line ? line.text : line.fault));

describe('lines of a file', () => {
  it.each<[string, (string | Buffer)[], string[]]>([
    ['end with line feeds, the last one or not', ['a\nb\n', 'c'], ['a', 'b', 'c']],
    ['may be blank', ['a\n\n\nb'], ['a', '', '', 'b']],
    ['go over pieces', ['a', 'b', '', 'c\nd', 'e'], ['abc', 'de']],
    ['keep other separators', ['a\u2028b\u2029c\u0085d\n"e"'], ['a\u2028b\u2029c\u0085d', '"e"']],
    ['keep the carriage return', ['a\r\nb'], ['a\r', 'b']],
    ['lose a byte order mark', ['\uFEFFa\nb'], ['a', 'b']],
    ['lose the marks of files put together', ['\uFEFFa\n\uFEFFb'], ['a', 'b']],
    ['are none of nothing', [''], []],
  ])('%s', async (_, chunks, expected) => {
    const lines = await read(...chunks);
    expect(texts(lines)).toEqual(expected);
    expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
    expect(texts([...splitLines(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string))))])).toEqual(
      expected,
    );
  });

  it('have characters cut by pieces', async () => {
    const bytes = Buffer.from('日本語');
    expect(texts(await read(bytes.subarray(0, 4), bytes.subarray(4)))).toEqual(['日本語']);
  });

  it.each<[string, Buffer, RegExp]>([
    ['GBK', Buffer.from([0x61, 0xd6, 0xd0, 0x62]), /^the line is not UTF-8/],
    ['Latin-1', Buffer.from('é', 'latin1'), /^the line is not UTF-8/],
    ['a cut character', Buffer.from('日').subarray(0, 2), /^the line is not UTF-8/],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), /^the file is UTF-16/],
    ['UTF-16, the other way round', Buffer.from('\uFEFF{}', 'utf16le').swap16(), /^the file is UTF-16/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/],
    ['Parquet', Buffer.from('PAR1xxxx'), /Parquet/],
    ['a line without end', Buffer.alloc(3 * 2 ** 20), /the line has 3 MB, over the limit of 1/],
  ])('are a fault in %s', async (_, bytes, fault) => {
    const lines = await read(bytes);
    expect(lines).toEqual([{ number: 1, fault: expect.stringMatching(fault) }]);
  });

  it('go on after one that is none', async () => {
    const lines = await read('a\n', Buffer.from([0xff, 0x61, 0x0a]), 'x'.repeat(200), 'y\nb');
    expect(texts(lines)).toEqual(['a', expect.stringMatching(/UTF-8/), expect.stringMatching(/over the limit/), 'b']);
  });

  it('are those of the whole text, however it is cut, each with its number and the byte it begins at', async () => {
    const line = fc.constantFrom('', ' ', 'a', 'größe 数', '🙂'.repeat(20));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 50 }), async (expected, size) => {
        const bytes = Buffer.from(expected.map((each) => `${each}\n`).join(''));
        const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        const lines = await read(...cuts);
        expect(texts(lines)).toEqual(expected);
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
        for (const own of lines) {
          if (!('text' in own)) throw new Error(own.fault);
          const end = own.start + Buffer.byteLength(own.text);
          expect(bytes.toString('utf8', own.start, end)).toBe(own.text);
        }
      }),
    );
  });

  it('hold no more than a line, however long the file', async () => {
    const zeros = Buffer.alloc(2 ** 20);
    async function* endless() {
      for (let megabytes = 0; megabytes < 600; megabytes++) yield zeros;
    }
    const before = process.memoryUsage.rss();
    const lines: TextLine[] = [];
    for await (const line of readLines(endless())) lines.push(line);
    expect(lines).toEqual([{ number: 1, fault: expect.stringMatching(/the line has 600 MB/) }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(8 * MAX_LINE_BYTES);
  });
});
