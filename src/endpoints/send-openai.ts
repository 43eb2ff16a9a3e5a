import { z } from 'zod';
import { InvalidInputError } from '../schema/errors.ts';
import type { OpenAiOptions } from './endpoint-options.ts';
import type { Environment } from './environment.ts';
import {
  EndpointFailure,
  type SendRequest,
  type StructuredReply,
  type StructuredRequest,
} from './structured-request.ts';

const ChatCompletion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

const QUOTED_CHARACTERS = 300;

/**
 * Sends requests to an endpoint that talks as OpenAI's chat completions do, answers constrained by a JSON schema.
 * @param apiKey never part of a message
 */
export function createOpenAiSender({ baseUrl, model }: OpenAiOptions, apiKey: string | undefined): SendRequest {
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const headers = { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
  const redact = (text: string) => (apiKey ? text.replaceAll(apiKey, '***') : text).slice(0, QUOTED_CHARACTERS);
  return async (request, signal) => {
    const body = JSON.stringify(toBody(model, request));
    // A redirect would take the key to another host.
    const sent = fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    const response = await sent.catch((cause) => {
      throw new EndpointFailure(`${url} gave no answer (${describeCause(cause)})`, { cause });
    });
    const text = await response.text().catch((cause) => {
      throw new EndpointFailure(`${url} broke off its answer (${describeCause(cause)})`, { cause });
    });
    if (response.ok) return readReply(text, url);
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

function toBody(model: string, request: StructuredRequest) {
  return {
    model,
    messages: [
      { role: 'system', content: request.system },
      { role: 'user', content: request.user },
    ],
    temperature: 0,
    max_tokens: request.maxOutputTokens,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: request.answerName,
        description: request.answerDescription,
        strict: true,
        schema: request.answerSchema,
      },
    },
  };
}

function readReply(text: string, url: string): StructuredReply {
  try {
    const { choices, usage } = ChatCompletion.parse(JSON.parse(text));
    const value: unknown = JSON.parse(choices[0].message.content);
    return { value, inputTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 };
  } catch (cause) {
    throw new EndpointFailure(`${url} gave no JSON where it was asked for JSON`, { cause });
  }
}

/** `fetch` hides the reason one level down. */
function describeCause(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}
