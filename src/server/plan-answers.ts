import { randomInt } from 'node:crypto';
import type { GenerationSettings } from '../engine/generation/sequence.ts';
import type { Processor } from '../engine/processing/processor.ts';
import { badArgument } from './api-error.ts';
import type { ChatRequest } from './chat-request.ts';

/** What bounds an answer. */
export interface AnswerLimits {
  /** Tokens of a prompt and its answer together. */
  contextLength: number;
  /** Tokens of an answer. */
  maxTokens: number;
  /** Answers to one request. */
  maxAnswers: number;
}

/** How a request is answered. */
export interface AnswerPlan {
  settings: GenerationSettings;
  /** One for each answer. */
  seeds: number[];
  /** Texts that end an answer, and are no part of it. */
  stops: string[];
}

/** Seeds have 32 bits. */
const SEEDS = 2 ** 32;

/**
 * How a request is answered whose prompt has so many tokens. The first answer takes the request's seed as it is, so that it is
 * the one that `rise generate` gives; without one, any.
 *
 * @throws ApiError a prompt, an answer or a number of answers past the limits
 */
export function planAnswers(
  request: ChatRequest,
  promptTokens: number,
  processor: Pick<Processor, 'stopTokenIds' | 'repetitionPenalty'>,
  limits: AnswerLimits,
): AnswerPlan {
  const { temperature, top_p, top_k, repetition_penalty, stop, n, seed, logprobs, top_logprobs } = request;
  if ((n ?? 1) > limits.maxAnswers) {
    throw badArgument('n', `at most ${limits.maxAnswers} answers are decoded together; ask again for more`);
  }
  const first = seed ?? randomInt(SEEDS - 1);
  return {
    settings: {
      temperature: temperature ?? 1,
      topP: top_p ?? 1,
      topK: Math.max(top_k ?? 0, 0),
      repetitionPenalty: repetition_penalty ?? processor.repetitionPenalty,
      maxNewTokens: planLength(request, promptTokens, limits),
      stopTokenIds: processor.stopTokenIds,
      likeliestCount: logprobs ? (top_logprobs ?? 0) : 0,
    },
    seeds: Array.from({ length: n ?? 1 }, (_, answer) => (((first + answer) % SEEDS) + SEEDS) % SEEDS),
    stops: [stop ?? []].flat(),
  };
}

function planLength(request: ChatRequest, promptTokens: number, { contextLength, maxTokens }: AnswerLimits): number {
  const room = contextLength - promptTokens;
  if (room < 1) {
    const fault = `${promptTokens} tokens leave no room for an answer in the model's ${contextLength}; shorten it`;
    throw badArgument('messages', fault, 'context_length_exceeded');
  }
  const [param, asked] =
    request.max_completion_tokens == null
      ? (['max_tokens', request.max_tokens] as const)
      : (['max_completion_tokens', request.max_completion_tokens] as const);
  if (asked == null) return Math.min(maxTokens, room);
  if (asked > maxTokens) throw badArgument(param, `${asked} is over the ${maxTokens} of this server (--max-tokens)`);
  if (asked <= room) return asked;
  throw badArgument(
    param,
    `${asked} tokens after a prompt of ${promptTokens} are more than the model's ${contextLength}; give at most ${room}`,
    'context_length_exceeded',
  );
}
