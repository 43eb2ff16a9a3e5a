import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { EndpointError, InvalidInputError } from '../schema/errors.ts';
import { EndpointFailure } from './endpoint-failure.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import type { Environment } from './environment.ts';
import { createBedrockSender } from './send-bedrock.ts';
import { createOpenAiSender, readApiKey } from './send-openai.ts';
import type { StructuredReply, StructuredRequest } from './structured-request.ts';
import type { TextReply, TextRequest } from './text-request.ts';

/**
 * A language model within the limits of its endpoint: tries that fail in passing are repeated. Its calls throw
 * `EndpointError` after the last try, and `InvalidInputError` where it refuses every request alike.
 */
export interface LanguageModel {
  /** Name for people: `bedrock MODEL`. */
  name: string;
  /** Everything that decides which model answers, for cache keys. */
  identity: readonly string[];
  /** Asks for an answer by schema; one that `read` gives undefined for is no answer. */
  ask<T>(request: StructuredRequest, read: (value: unknown) => T | undefined): Promise<Answer<T>>;
  /** Asks for text. A request that is refused for what it holds is declined. */
  complete(request: TextRequest): Promise<Completion>;
  /** US dollars; undefined without prices. */
  priceOf(tokens: Pick<StructuredReply, 'inputTokens' | 'outputTokens'>): number | undefined;
}

/** What was read, and the tokens of every try that was answered. */
export interface Answer<T> {
  value: T;
  inputTokens: number;
  outputTokens: number;
}

/** What came of a request for text, and the seconds from the first try to it. */
export type Completion = TextReply & { waitSeconds: number };

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
  const { provider, model, price, maxAttempts } = options;
  const sender =
    options.provider === 'bedrock'
      ? createBedrockSender(options)
      : createOpenAiSender(options, readApiKey(options, environment));
  const limited = createLimits(options);
  return {
    name: `${provider} ${model}`,
    identity: identityOf(options),
    async ask(request, read) {
      const spent = { inputTokens: 0, outputTokens: 0 };
      const value = await tryUntilAnswered(maxAttempts, async () => {
        const reply = await limited((signal) => sender.ask(request, signal));
        spent.inputTokens += reply.inputTokens;
        spent.outputTokens += reply.outputTokens;
        const answer = read(reply.value);
        if (answer !== undefined) return answer;
        throw new EndpointFailure(`the answer does not fit the schema of ${request.answerName}`, {});
      });
      return { value, ...spent };
    },
    async complete(request) {
      let startedAt: number | undefined;
      const send = (signal: AbortSignal) => {
        startedAt ??= performance.now();
        return sender.complete(request, signal);
      };
      const reply = await tryUntilAnswered(maxAttempts, () => limited(send)).catch(toDeclined);
      return { ...reply, waitSeconds: Math.round(performance.now() - startedAt!) / 1000 };
    },
    priceOf: ({ inputTokens, outputTokens }) =>
      price && (inputTokens * price.inputPerMillionTokens + outputTokens * price.outputPerMillionTokens) / 1e6,
  };
}

/** A request that the endpoint refuses for what it holds; every other error is thrown again. */
function toDeclined(error: Error): TextReply {
  if (!(error.cause instanceof EndpointFailure && error.cause.isOfRequest)) throw error;
  return { kind: 'declined', reason: error.cause.message, inputTokens: 0, outputTokens: 0 };
}

type Send<T> = (signal: AbortSignal) => Promise<T>;

/** Shared by everything in this process that asks the same endpoint with the same limits. */
const queues = new Map<string, PQueue>();

/** Sends within the limits of the endpoint; every try counts against both. */
function createLimits(options: EndpointOptions): <T>(send: Send<T>) => Promise<T> {
  const { concurrency, requestsPerMinute, timeoutSeconds } = options;
  const name = JSON.stringify([...identityOf(options), concurrency, requestsPerMinute]);
  const rate = requestsPerMinute && { interval: MINUTE_MILLISECONDS, intervalCap: requestsPerMinute, strict: true };
  const queue = queues.get(name) ?? new PQueue({ concurrency, ...rate });
  queues.set(name, queue);
  return (send) => queue.add(() => send(AbortSignal.timeout(timeoutSeconds * 1000)));
}

const identityOf = (options: EndpointOptions) => [
  options.provider,
  options.provider === 'openai' ? options.baseUrl : (options.region ?? ''),
  options.model,
];

/** Tries until an answer comes, waiting between the tries. */
async function tryUntilAnswered<T>(maxAttempts: number, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof EndpointFailure)) throw error;
      if (!error.isPassing) {
        const remedy = 'correct the model id, the endpoint or its key, or allow the call';
        throw new InvalidInputError(`${error.message}; ${remedy}`, { cause: error });
      }
      if (tries >= maxAttempts) {
        throw new EndpointError(`${error.message}, at the last of ${maxAttempts} tries; run again later`, {
          cause: error,
        });
      }
      await sleep(1000 * waitSeconds(error, tries));
    }
  }
}

/** What the endpoint asks for, or twice as long after each try, half of it by chance so that many callers spread out. */
function waitSeconds({ retryAfterSeconds }: EndpointFailure, attempt: number): number {
  if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, LONGEST_ASKED_WAIT_SECONDS);
  const longest = Math.min(FIRST_WAIT_SECONDS * 2 ** (attempt - 1), LONGEST_WAIT_SECONDS);
  return longest * (0.5 + Math.random() / 2);
}
