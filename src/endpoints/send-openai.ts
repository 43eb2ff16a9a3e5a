import { InvalidInputError } from '../schema/errors.ts';
import { EndpointFailure } from './endpoint-failure.ts';
import type { OpenAiOptions } from './endpoint-options.ts';
import type { Environment } from './environment.ts';
import { type BoundField, readStructured, readText, structuredBody, textBody } from './openai-chat.ts';
import type { Sender } from './sender.ts';

const QUOTED_CHARACTERS = 300;

/**
 * An endpoint that talks as OpenAI's chat completions do.
 * @param apiKey never part of a message
 */
export function createOpenAiSender({ baseUrl, model }: OpenAiOptions, apiKey: string | undefined): Sender {
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const post = createPost(url, apiKey);
  let bound: BoundField = 'max_tokens';
  const send = async (toBody: (bound: BoundField) => object, signal: AbortSignal) => {
    const tried = bound;
    try {
      return await post(toBody(tried), signal);
    } catch (error) {
      if (tried !== 'max_tokens' || !namesOtherBound(error)) throw error;
      bound = 'max_completion_tokens';
      return post(toBody(bound), signal);
    }
  };
  const read = <Reply>(text: string, readReply: (text: string) => Reply, what: string): Reply => {
    try {
      return readReply(text);
    } catch (cause) {
      throw new EndpointFailure(`${url} gave no ${what} where it was asked for ${what}`, { cause });
    }
  };
  return {
    ask: async (request, signal) =>
      read(await send((field) => structuredBody(model, request, field), signal), readStructured, 'JSON'),
    complete: async (request, signal) =>
      read(await send((field) => textBody(model, request, field), signal), readText, 'chat completion'),
  };
}

const namesOtherBound = (error: unknown) =>
  error instanceof EndpointFailure && error.status === 400 && error.message.includes('max_completion_tokens');

/** Posts JSON and gives the text of the answer. */
function createPost(url: string, apiKey: string | undefined) {
  const headers = { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
  const redact = (text: string) => (apiKey ? text.replaceAll(apiKey, '***') : text).slice(0, QUOTED_CHARACTERS);
  return async (body: object, signal: AbortSignal): Promise<string> => {
    // A redirect would take the key to another host.
    const sent = fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal, redirect: 'error' });
    const response = await sent.catch((cause) => {
      throw new EndpointFailure(`${url} gave no answer (${describeCause(cause)})`, { cause });
    });
    const text = await response.text().catch((cause) => {
      throw new EndpointFailure(`${url} broke off its answer (${describeCause(cause)})`, { cause });
    });
    if (response.ok) return text;
    const retryAfter = response.headers.get('retry-after');
    throw new EndpointFailure(`${url} answered ${response.status}: ${redact(text)}`, {
      status: response.status,
      retryAfter,
    });
  };
}

/** The key in the environment. Throws `InvalidInputError` where it is named and not there. */
export function readApiKey(
  { apiKeyVariable }: OpenAiOptions,
  environment: Environment | undefined,
): string | undefined {
  if (apiKeyVariable === undefined || environment === undefined) return undefined;
  const key = environment(apiKeyVariable);
  if (key) return key;
  throw new InvalidInputError(
    `apiKeyVariable names ${apiKeyVariable}, which is not set; export the key under that name`,
  );
}

/** `fetch` hides the reason one level down. */
export function describeCause(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}
