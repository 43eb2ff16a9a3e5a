import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { EndpointError, InvalidInputError } from '../schema/errors.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import type { Environment } from './environment.ts';
import { createBedrockSender } from './send-bedrock.ts';
import { createOpenAiSender, readApiKey } from './send-openai.ts';
import {
  EndpointFailure,
  type SendRequest,
  type StructuredReply,
  type StructuredRequest,
} from './structured-request.ts';

/** A language model that answers by schema, within the limits of its endpoint. */
export interface LanguageModel {
  /** Name for people: `bedrock MODEL`. */
  name: string;
  /** Everything that decides which model answers, for cache keys. */
  identity: readonly string[];
  /**
   * Asks until an answer can be read: tries that fail in passing, and answers `read` gives undefined for, are repeated.
   * Throws `InvalidInputError` where the request is refused for good, `EndpointError` after the last try.
   */
  ask<T>(request: StructuredRequest, read: (value: unknown) => T | undefined): Promise<Answer<T>>;
  /** US dollars; undefined without prices. */
  priceOf(tokens: Pick<StructuredReply, 'inputTokens' | 'outputTokens'>): number | undefined;
}

/** What was read, and the tokens of every try that was answered. */
export interface Answer<T> {
  value: T;
  inputTokens: number;
  outputTokens: number;
}

const MINUTE_MILLISECONDS = 60_000;
const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;
/** A wait that an endpoint asks for is cut to this. */
const LONGEST_ASKED_WAIT_SECONDS = 300;

/**
 * A language model behind the endpoint that the options name. Throws `InvalidInputError` where its key is not in the
 * environment; without an environment none is looked for.
 */
export function createLanguageModel(options: EndpointOptions, environment?: Environment): LanguageModel {
  const { provider, model, price } = options;
  const send =
    options.provider === 'bedrock'
      ? createBedrockSender(options)
      : createOpenAiSender(options, readApiKey(options, environment));
  const sendLimited = limit(send, options);
  return {
    name: `${provider} ${model}`,
    identity: identityOf(options),
    ask: (request, read) => askUntilRead(sendLimited, request, read, options.maxAttempts),
    priceOf: ({ inputTokens, outputTokens }) =>
      price && (inputTokens * price.inputPerMillionTokens + outputTokens * price.outputPerMillionTokens) / 1e6,
  };
}

type SendLimited = (request: StructuredRequest) => Promise<StructuredReply>;

/** Shared by everything in this process that asks the same endpoint with the same limits. */
const queues = new Map<string, PQueue>();

/** Sends within the limits of the endpoint; every try counts against both. */
function limit(send: SendRequest, options: EndpointOptions): SendLimited {
  const { concurrency, requestsPerMinute, timeoutSeconds } = options;
  const name = JSON.stringify([...identityOf(options), concurrency, requestsPerMinute]);
  const rate = requestsPerMinute && { interval: MINUTE_MILLISECONDS, intervalCap: requestsPerMinute, strict: true };
  const queue = queues.get(name) ?? new PQueue({ concurrency, ...rate });
  queues.set(name, queue);
  return (request) => queue.add(() => send(request, AbortSignal.timeout(timeoutSeconds * 1000)));
}

const identityOf = (options: EndpointOptions) => [
  options.provider,
  options.provider === 'openai' ? options.baseUrl : (options.region ?? ''),
  options.model,
];

async function askUntilRead<T>(
  send: SendLimited,
  request: StructuredRequest,
  read: (value: unknown) => T | undefined,
  maxAttempts: number,
): Promise<Answer<T>> {
  const spent = { inputTokens: 0, outputTokens: 0 };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const reply = await send(request);
      spent.inputTokens += reply.inputTokens;
      spent.outputTokens += reply.outputTokens;
      const value = read(reply.value);
      if (value !== undefined) return { value, ...spent };
      throw new EndpointFailure(`the answer does not fit the schema of ${request.answerName}`, {});
    } catch (error) {
      if (!(error instanceof EndpointFailure)) throw error;
      if (!error.isPassing) {
        const remedy = 'correct the model id, the endpoint or its key, or allow the call';
        throw new InvalidInputError(`${error.message}; ${remedy}`, { cause: error });
      }
      if (attempt >= maxAttempts) {
        throw new EndpointError(`${error.message}, at the last of ${maxAttempts} tries; run again later`, {
          cause: error,
        });
      }
      await sleep(1000 * waitSeconds(error, attempt));
    }
  }
}

/** What the endpoint asks for, or twice as long after each try, half of it by chance so that many callers spread out. */
function waitSeconds({ retryAfterSeconds }: EndpointFailure, attempt: number): number {
  if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, LONGEST_ASKED_WAIT_SECONDS);
  const longest = Math.min(FIRST_WAIT_SECONDS * 2 ** (attempt - 1), LONGEST_WAIT_SECONDS);
  return longest * (0.5 + Math.random() / 2);
}
