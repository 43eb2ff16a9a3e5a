import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseCommandOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { readStructured, readText, structuredInput, textInput } from './converse.ts';
import { EndpointFailure } from './endpoint-failure.ts';
import type { BedrockOptions } from './endpoint-options.ts';
import type { Sender } from './sender.ts';

/**
 * Amazon Bedrock's Converse API. Credentials, region and endpoint are what the SDK finds; the SDK is loaded at the first
 * request.
 */
export function createBedrockSender({ model, region }: BedrockOptions): Sender {
  let loading: Promise<Bedrock> | undefined;
  const send = async (input: ConverseCommandInput, signal: AbortSignal): Promise<ConverseCommandOutput> => {
    loading ??= loadBedrock(region);
    const { client, ConverseCommand } = await loading;
    return client.send(new ConverseCommand(input), { abortSignal: signal }).catch((cause) => {
      throw toFailure(cause, model);
    });
  };
  return {
    async ask(request, signal) {
      const reply = readStructured(await send(structuredInput(model, request), signal), request);
      if (reply) return reply;
      throw new EndpointFailure(`bedrock ${model} did not call ${request.answerName}`, {});
    },
    complete: async (request, signal) => readText(await send(textInput(model, request), signal)),
  };
}

interface Bedrock {
  client: BedrockRuntimeClient;
  ConverseCommand: typeof import('@aws-sdk/client-bedrock-runtime').ConverseCommand;
}

async function loadBedrock(region: string | undefined): Promise<Bedrock> {
  const { BedrockRuntimeClient, ConverseCommand } = await import('@aws-sdk/client-bedrock-runtime');
  // Tries are counted and spaced by the caller, where the rate limit sees them.
  return { client: new BedrockRuntimeClient({ ...(region && { region }), maxAttempts: 1 }), ConverseCommand };
}

/** Errors of the SDK carry the HTTP answer, those without came from before it. */
function toFailure(cause: unknown, model: string): EndpointFailure {
  const { name, message, $metadata, $response } = cause as Error & {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
  };
  const isSetup = /^(Credentials|Token)ProviderError$/.test(name) || message === 'Region is missing';
  const status = isSetup ? 401 : $metadata?.httpStatusCode;
  const retryAfter = $response?.headers?.['retry-after'];
  return new EndpointFailure(`bedrock ${model}: ${name}: ${message}`, { status, retryAfter, cause });
}
