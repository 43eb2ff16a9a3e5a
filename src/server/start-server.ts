import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.ts';
import { createAdmission } from './admission.ts';
import type { Usage } from './completion-body.ts';
import { handleRequest } from './handle-request.ts';
import { type Listening, listen } from './listen.ts';
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

export interface Server extends Listening {
  /** What OpenAI's clients take as their base URL. */
  url: string;
}

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
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const log = startLog(request, response);
    const handling = handleRequest(deps, request, response);
    const result = await handling.then(
      (usage) => ({ usage }),
      (failure: unknown) => ({ failure }),
    );
    onAnswered?.(log(result));
  };
  const listening = await listen(listener, { host: access.host, port, onLate: () => stop.abort() });
  return { ...listening, url: `${listening.url}/v1` };
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
