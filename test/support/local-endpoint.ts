import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A request as the endpoint got it. */
export interface EndpointRequest {
  path: string;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a client sends.
  body: { messages: { role: string; content: any }[]; response_format: { json_schema: object } } & Record<
    string,
    unknown
  >;
}

export interface EndpointReply {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON, a string as it is. */
  body: unknown;
}

/** A server on this machine that stands for a language model's endpoint. */
export interface LocalEndpoint {
  url: string;
  /** In the order they came. */
  requests: EndpointRequest[];
  /** Most requests that were open together. */
  mostAtOnce: number;
  /** How the next requests are answered; `index` counts from 0 over all of them. */
  answer: (request: EndpointRequest, index: number) => EndpointReply | Promise<EndpointReply>;
  close(): Promise<void>;
}

/** @param protocol Amazon Bedrock's client talks HTTP/2 only */
export async function startEndpoint(protocol: 'http1' | 'http2' = 'http1'): Promise<LocalEndpoint> {
  let open = 0;
  const listener = async (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => {
    open += 1;
    endpoint.mostAtOnce = Math.max(endpoint.mostAtOnce, open);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received = {
      path: request.url!,
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    };
    endpoint.requests.push(received);
    const { status = 200, headers, body } = await endpoint.answer(received, endpoint.requests.length - 1);
    open -= 1;
    response.statusCode = status;
    for (const [name, value] of Object.entries({ 'content-type': 'application/json', ...headers })) {
      response.setHeader(name, value);
    }
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = protocol === 'http1' ? createServer(listener) : createHttp2Server(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint: LocalEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    mostAtOnce: 0,
    answer: () => ({ status: 404, body: 'no answer was prepared' }),
    close: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return endpoint;
}

/** A chat completion that holds this value as JSON, or this text. */
export function chatReply(value: unknown, [prompt_tokens, completion_tokens] = [100, 10]): EndpointReply {
  const content = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    body: { choices: [{ message: { role: 'assistant', content } }], usage: { prompt_tokens, completion_tokens } },
  };
}

/** A Converse answer in which the model calls the tool with this input. */
export function converseReply(name: string, input: unknown, [inputTokens, outputTokens] = [100, 10]): EndpointReply {
  const content = [{ toolUse: { toolUseId: 't', name, input } }];
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  return {
    body: {
      output: { message: { role: 'assistant', content } },
      stopReason: 'tool_use',
      usage,
      metrics: { latencyMs: 1 },
    },
  };
}
