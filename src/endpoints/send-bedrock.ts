import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseCommandOutput,
} from '@aws-sdk/client-bedrock-runtime';
import type { BedrockOptions } from './endpoint-options.ts';
import {
  EndpointFailure,
  type SendRequest,
  type StructuredReply,
  type StructuredRequest,
} from './structured-request.ts';

/**
 * Sends requests to Amazon Bedrock's Converse API, answers constrained by the schema of a tool the model must call.
 * Credentials, region and endpoint are what the SDK finds; the SDK is loaded at the first request.
 */
export function createBedrockSender({ model, region }: BedrockOptions): SendRequest {
  let loading: Promise<Bedrock> | undefined;
  return async (request, signal) => {
    loading ??= loadBedrock(region);
    const { client, ConverseCommand } = await loading;
    const sent = client.send(new ConverseCommand(toInput(model, request)), { abortSignal: signal });
    const output = await sent.catch((cause) => {
      throw toFailure(cause, model);
    });
    return readReply(output, request, model);
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

function toInput(model: string, request: StructuredRequest): ConverseCommandInput {
  const { answerName, answerDescription, answerSchema } = request;
  return {
    modelId: model,
    system: [{ text: request.system }],
    messages: [{ role: 'user', content: [{ text: request.user }] }],
    inferenceConfig: { temperature: 0, maxTokens: request.maxOutputTokens },
    toolConfig: {
      tools: [{ toolSpec: { name: answerName, description: answerDescription, inputSchema: { json: answerSchema } } }],
      toolChoice: { tool: { name: answerName } },
    },
  };
}

function readReply(
  { output, usage }: ConverseCommandOutput,
  { answerName }: StructuredRequest,
  model: string,
): StructuredReply {
  const call = output?.message?.content?.find(({ toolUse }) => toolUse?.name === answerName)?.toolUse;
  if (call === undefined) throw new EndpointFailure(`bedrock ${model} did not call ${answerName}`, {});
  return { value: call.input, inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
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
