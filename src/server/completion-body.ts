import type { LikelyToken } from '../engine/generation/sample-token.ts';
import type { AnswerToken } from './answer-reader.ts';

/** What all chunks of one answer, and the answer as a whole, have in common. */
export interface CompletionHead {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
}

/** Tokens that a request took; an end token counts. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

export function completionBody(head: CompletionHead, choices: readonly object[], usage: Usage): object {
  return { ...head, object: 'chat.completion', choices, usage };
}

/** @param usage null in the chunks before the one that has it, which has no choices */
export function chunkBody(head: CompletionHead, choices: readonly object[], usage?: Usage | null): object {
  return { ...head, object: 'chat.completion.chunk', choices, ...(usage !== undefined && { usage }) };
}

/** OpenAI's `logprobs`: natural log-probabilities at temperature 1 over the whole vocabulary. */
export function tokenLogprobs(tokens: readonly AnswerToken[], textOf: (tokenId: number) => string): object {
  const describe = ({ tokenId, logprob }: LikelyToken) => {
    const token = textOf(tokenId);
    // Which bytes a part of a character has, its text does not tell.
    return { token, logprob, bytes: token.includes('\uFFFD') ? null : [...Buffer.from(token)] };
  };
  return {
    content: tokens.map((token) => ({ ...describe(token), top_logprobs: token.likeliest.map(describe) })),
    refusal: null,
  };
}
