import { createAnswerReader } from '../../../src/server/answer-reader.ts';

const END = 0;
/** Tokens that are bytes: what each decodes to alone may be no whole character. */
const decode = (tokenIds: readonly number[]) => Buffer.from(tokenIds.filter((id) => id !== END)).toString();
const tokensOf = (text: string) => [...Buffer.from(text)];

/** Pieces of a text that comes token by token, until a stop text or its end. */
function readAll(text: string, stops: string[] = [], ending: number[] = []) {
  const reader = createAnswerReader({ decode, stopTokenIds: [END] }, stops);
  const all = [...tokensOf(text), ...ending];
  const completionOf = (count: number) => ({
    tokenIds: all.slice(0, count),
    logprobs: all.slice(0, count).map((id) => -id),
    finishReason: 'stop' as const,
  });
  const pieces: string[] = [];
  const tokens: number[] = [];
  const keep = (piece: { text: string; tokens: { tokenId: number }[] }) => {
    if (piece.text !== '') pieces.push(piece.text);
    tokens.push(...piece.tokens.map(({ tokenId }) => tokenId));
  };
  let count = 0;
  for (let state = 'open'; state === 'open' && count < all.length; ) {
    const read = reader.read(completionOf(++count));
    keep(read.piece);
    state = read.state;
  }
  keep(reader.end(completionOf(count)));
  return { pieces, text: pieces.join(''), tokens, count };
}

describe('An answer as it is read', () => {
  it('comes token by token, without its end token', () => {
    expect(readAll('abc', [], [END])).toEqual({
      pieces: ['a', 'b', 'c'],
      text: 'abc',
      tokens: tokensOf('abc'),
      count: 4,
    });
  });

  it('holds a character back until its last token', () => {
    expect(readAll('aé€').pieces).toEqual(['a', 'é', '€']);
    expect(readAll('a€').tokens).toEqual(tokensOf('a€'));
  });

  it('gives what is no whole character at its end', () => {
    const reader = createAnswerReader({ decode, stopTokenIds: [END] }, []);
    const half = { tokenIds: [0xe2, 0x82], logprobs: [-1, -1], finishReason: 'length' as const };
    expect(reader.read(half).piece.text).toBe('');
    expect(reader.end(half)).toMatchObject({ text: '\uFFFD', tokens: [{ tokenId: 0xe2 }, { tokenId: 0x82 }] });
  });

  it.each([
    ['at its first token', 'xabc', ['x'], ''],
    ['in its midst', 'one. two. three', ['two'], 'one. '],
    ['of several tokens, whose beginning came before', 'aaab', ['aab'], 'a'],
    ['the first of two', 'a1b2', ['2', '1'], 'a'],
  ])('ends before a stop text: %s', (_, text, stops, expected) => {
    const read = readAll(text, stops);
    expect(read.text).toBe(expected);
    expect(read.tokens).toEqual(tokensOf(expected));
    expect(read.count).toBeLessThanOrEqual(text.length);
  });

  it('gives what only looked like a stop text', () => {
    expect(readAll('a STOR', ['STOP']).pieces).toEqual(['a', ' ', 'STOR']);
    expect(readAll('a STO', ['STOP']).text).toBe('a STO');
  });
});
