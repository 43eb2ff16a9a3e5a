/** A tokenizer, as far as pieces of text go. */
export interface PieceDecoder {
  decode(tokenIds: readonly number[], options: { skipSpecialTokens: boolean }): string;
}

/** Text as the tokens it is of, with a log-probability each. */
export interface TokenPieces {
  pieces: string[];
  logprobs: number[];
}

/** Tokens of one character at most: a character of UTF-8 has up to four bytes, and a token at least one. */
const MOST_TOKENS_OF_A_CHARACTER = 4;
const BROKEN = '\ufffd';

/**
 * Splits sampled tokens into pieces of text. Tokens that only together are a character become one piece, with the sum of
 * their log-probabilities.
 */
export function createTokenSplitter(decoder: PieceDecoder) {
  const known = new Map<number, string>();
  const decodeOne = (tokenId: number) => {
    const text = known.get(tokenId) ?? decoder.decode([tokenId], { skipSpecialTokens: false });
    known.set(tokenId, text);
    return text;
  };
  return (tokenIds: readonly number[], logprobs: readonly number[]): TokenPieces => {
    const split: TokenPieces = { pieces: [], logprobs: [] };
    for (let start = 0; start < tokenIds.length; ) {
      const { text, count } = nextPiece(tokenIds, start, decoder, decodeOne);
      split.pieces.push(text);
      split.logprobs.push(round(logprobs.slice(start, start + count).reduce((sum, value) => sum + value, 0)));
      start += count;
    }
    return split;
  };
}

function nextPiece(
  tokenIds: readonly number[],
  start: number,
  decoder: PieceDecoder,
  decodeOne: (tokenId: number) => string,
) {
  const alone = decodeOne(tokenIds[start]);
  if (!alone.includes(BROKEN)) return { text: alone, count: 1 };
  for (let count = 2; count <= Math.min(MOST_TOKENS_OF_A_CHARACTER, tokenIds.length - start); count++) {
    const text = decoder.decode(tokenIds.slice(start, start + count), { skipSpecialTokens: false });
    if (!text.includes(BROKEN)) return { text, count };
  }
  return { text: alone, count: 1 };
}

/** Three digits: what a colour can show, and a tenth of the bytes. */
const round = (value: number) => Number(value.toPrecision(3));
