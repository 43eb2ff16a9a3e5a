import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidInputError } from '../schema/errors.ts';
import type { Access } from './access.ts';
import { createAdmission } from './admission.ts';
import type { Usage } from './completion-body.ts';
import { handleRequest } from './handle-request.ts';
import type { ServedModel } from './prepare-chat.ts';

export interface ServerSettings {
  access: Access;
  /** 0 takes one that is free. */
  port: number;
  /** Requests that may wait while others are answered. */
  maxWaiting: number;
  /** Told of every request that was answered. */
  onAnswered?: (answered: AnsweredRequest) => void;
}

/** A request, as a log names it: nothing of what was asked. */
export interface AnsweredRequest {
  method: string;
  path: string;
  status: number;
  seconds: number;
  usage?: Usage;
  /** What went wrong in the server itself. */
  failure?: unknown;
}

export interface Server extends AsyncDisposable {
  /** What OpenAI's clients take as their base URL. */
  url: string;
  port: number;
}

/** Milliseconds in which a client has to send its headers, all of a request, and the next one on the same connection. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 5_000 };

/** Milliseconds that answers have to come to their end when the server ends. */
const GRACE = 5_000;

/** Milliseconds between two looks for connections that nobody waits on. */
const IDLE_INTERVAL = 50;

/**
 * Serves a model as OpenAI's API does, until it is disposed of: no connection is taken then, and what runs may end.
 *
 * @throws InvalidInputError the port or the host cannot be had
 */
export async function startServer(model: ServedModel, settings: ServerSettings): Promise<Server> {
  const { access, port, maxWaiting, onAnswered } = settings;
  const stop = new AbortController();
  const deps = {
    model,
    access,
    admission: createAdmission(model.sampler.slotCount + maxWaiting),
    stopping: stop.signal,
  };
  const server = createServer(TIMEOUTS, async (request, response) => {
    const log = startLog(request, response);
    const handling = handleRequest(deps, request, response);
    const result = await handling.then(
      (usage) => ({ usage }),
      (failure: unknown) => ({ failure }),
    );
    onAnswered?.(log(result));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainListening(error, access.host, port)));
    server.listen(port, access.host, resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://${access.host.includes(':') ? `[${access.host}]` : access.host}:${own}/v1`,
    port: own,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_INTERVAL);
      const late = setTimeout(() => stop.abort(), GRACE);
      const last = setTimeout(() => server.closeAllConnections(), 2 * GRACE);
      await closed;
      for (const timer of [idle, late, last]) clearTimeout(timer);
    },
  };
}

function startLog({ method = '', url = '' }: IncomingMessage, response: ServerResponse) {
  const started = performance.now();
  return (result: Pick<AnsweredRequest, 'usage' | 'failure'>): AnsweredRequest => ({
    method,
    path: url.replace(/\?.*$/s, ''),
    status: response.statusCode,
    seconds: (performance.now() - started) / 1000,
    ...result,
  });
}

function explainListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reason =
    error.code === 'EADDRINUSE'
      ? 'another program has it; give another --port'
      : `cannot be listened on (${error.message}); give another --host or --port`;
  return new InvalidInputError(`port ${port} of ${host}: ${reason}`, { cause: error });
}
