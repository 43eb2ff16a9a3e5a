import { createTextStream } from '../../../../src/cli/views/text-stream.ts';

describe('streaming text', () => {
  it('writes what each token adds, and holds back characters not whole yet', () => {
    const pieces: string[] = [];
    const stream = createTextStream((piece) => pieces.push(piece));
    for (const text of ['A', 'A \uFFFD', 'A \uFFFD\uFFFD', 'A 漢', 'A 漢!']) stream.update(text);
    stream.end('A 漢!');
    expect(pieces).toEqual(['A', ' ', '漢', '!']);
  });

  it('writes at the end what never became whole', () => {
    const pieces: string[] = [];
    const stream = createTextStream((piece) => pieces.push(piece));
    stream.update('A\uFFFD');
    stream.end('A\uFFFD');
    expect(pieces).toEqual(['A', '\uFFFD']);
  });
});
