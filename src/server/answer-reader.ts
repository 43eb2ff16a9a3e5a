import type { LikelyToken } from '../engine/generation/sample-token.ts';
import type { Completion } from '../engine/generation/sequence.ts';
import type { Processor } from '../engine/processing/processor.ts';

/** A token of an answer, and those that could have stood there. */
export interface AnswerToken extends LikelyToken {
  likeliest: LikelyToken[];
}

/** What of an answer is new: a text that nothing later changes, and its tokens. */
export interface AnswerPiece {
  text: string;
  tokens: AnswerToken[];
}

/** Turns a growing completion into text, up to the first of some stop texts. */
export interface AnswerReader {
  /** Takes the tokens that are new. `stopped` where a stop text has come: the answer ends before it. */
  read(completion: Readonly<Completion>): { piece: AnswerPiece; state: 'open' | 'stopped' };
  /** What was held back, when the completion has ended. */
  end(completion: Readonly<Completion>): AnswerPiece;
}

/** A token, and where in the text its own begins. */
interface PlacedToken extends AnswerToken {
  start: number;
}

/**
 * Held back are a character that takes more tokens (it decodes as U+FFFD until the last) and what a stop text may begin with.
 * End tokens have no text and are no part of it.
 */
export function createAnswerReader(
  { decode, stopTokenIds }: Pick<Processor, 'decode' | 'stopTokenIds'>,
  stops: readonly string[],
): AnswerReader {
  let taken = 0;
  let text = '';
  /** Tokens whose text is not whole. */
  let partial: number[] = [];
  let given = 0;
  let waiting: PlacedToken[] = [];

  function take(completion: Readonly<Completion>): void {
    const { tokenIds, logprobs, likeliest } = completion;
    for (; taken < tokenIds.length; taken++) {
      const tokenId = tokenIds[taken];
      if (stopTokenIds.includes(tokenId)) continue;
      const placed = { tokenId, logprob: logprobs[taken], likeliest: likeliest?.[taken] ?? [], start: text.length };
      waiting.push(placed);
      partial.push(tokenId);
      const decoded = decode(partial, { skipSpecialTokens: true });
      if (decoded.endsWith('\uFFFD')) continue;
      text += decoded;
      partial = [];
    }
  }

  function give(end: number): AnswerPiece {
    const piece = text.slice(given, end);
    given = Math.max(given, end);
    const tokens = waiting.filter(({ start }) => start < end).map(({ start: _, ...token }) => token);
    waiting = waiting.filter(({ start }) => start >= end);
    return { text: piece, tokens };
  }

  return {
    read(completion) {
      take(completion);
      const stop = findFirst(text, stops, given);
      if (stop !== undefined) return { piece: give(stop), state: 'stopped' };
      return { piece: give(text.length - heldBack(text, stops)), state: 'open' };
    },
    end(completion) {
      take(completion);
      text += decode(partial, { skipSpecialTokens: true });
      partial = [];
      return give(findFirst(text, stops, given) ?? Number.POSITIVE_INFINITY);
    },
  };
}

/** Where the first of the stop texts begins, none of which begins before `from`. */
function findFirst(text: string, stops: readonly string[], from: number): number | undefined {
  const places = stops.map((stop) => text.indexOf(stop, from)).filter((place) => place >= 0);
  return places.length > 0 ? Math.min(...places) : undefined;
}

/** Length of the longest end of a text that a stop text begins with. */
function heldBack(text: string, stops: readonly string[]): number {
  const lengths = stops.flatMap((stop) =>
    Array.from({ length: stop.length - 1 }, (_, at) => stop.length - 1 - at).filter((length) =>
      text.endsWith(stop.slice(0, length)),
    ),
  );
  return Math.max(0, ...lengths);
}
