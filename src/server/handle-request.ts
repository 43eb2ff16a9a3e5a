import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, checkAccess } from './access.ts';
import type { Admission } from './admission.ts';
import { ApiError } from './api-error.ts';
import { parseChatRequest } from './chat-request.ts';
import { completeChat, streamChat } from './complete-chat.ts';
import type { Usage } from './completion-body.ts';
import { prepareChat, type ServedModel } from './prepare-chat.ts';
import { readJsonBody } from './read-body.ts';

/** What requests are answered with. */
export interface RequestDeps {
  model: ServedModel;
  access: Access;
  admission: Admission;
  /** Aborts when the server ends. */
  stopping: AbortSignal;
}

/** An exchange that has a handler. */
interface Exchange {
  deps: RequestDeps;
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborts when the client has gone, or the server ends. */
  signal: AbortSignal;
}

type Handler = (exchange: Exchange) => Promise<Usage | undefined>;

const CHAT = '/v1/chat/completions';
const MODELS = '/v1/models';

/** Answers a request; what went wrong becomes the answer. Gives the tokens that it took. */
export async function handleRequest(deps: RequestDeps, request: IncomingMessage, response: ServerResponse) {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('the client has gone')));
  try {
    checkAccess(request.headers, deps.access);
    const signal = AbortSignal.any([gone.signal, deps.stopping]);
    return await findHandler(request, deps.model)({ deps, request, response, signal });
  } catch (error) {
    sendError(response, deps.stopping.aborted ? endingError() : error);
    const isGone = gone.signal.aborted || (request.destroyed && !request.complete);
    if (error instanceof ApiError || deps.stopping.aborted || isGone) return undefined;
    throw error;
  }
}

function findHandler({ method, url = '' }: IncomingMessage, { name }: ServedModel): Handler {
  const path = decodePath(url);
  const handlers: Record<string, Record<string, Handler>> = {
    [CHAT]: { POST: handleChat },
    [MODELS]: {
      GET: async ({ deps, response }) => sendJson(response, 200, { object: 'list', data: [describe(deps.model)] }),
    },
    [`${MODELS}/${name}`]: {
      GET: async ({ deps, response }) => sendJson(response, 200, describe(deps.model)),
    },
  };
  const methods = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
  if (!methods) {
    throw new ApiError(`${path} is not served; POST ${CHAT} and GET ${MODELS} are`, { status: 404, code: 'not_found' });
  }
  const handler = Object.hasOwn(methods, method!) ? methods[method!] : undefined;
  if (handler) return handler;
  const allow = Object.keys(methods).join(', ');
  throw new ApiError(`${path} takes ${allow}`, { status: 405, headers: { allow } });
}

function decodePath(url: string): string {
  try {
    return decodeURIComponent(url.replace(/\?.*$/s, ''));
  } catch {
    return url;
  }
}

async function handleChat(exchange: Exchange): Promise<Usage> {
  const leave = exchange.deps.admission.enter();
  try {
    return await answerChat(exchange);
  } finally {
    leave();
  }
}

async function answerChat({ deps, request, response, signal }: Exchange): Promise<Usage> {
  const chat = await prepareChat(deps.model, parseChatRequest(await readJsonBody(request)));
  signal.throwIfAborted();
  if (chat.request.stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    const { usage } = await streamChat(chat, signal, (chunk) => sendEvent(response, JSON.stringify(chunk)));
    sendEvent(response, '[DONE]');
    response.end();
    return usage;
  }
  const { body, usage } = await completeChat(chat, signal);
  sendJson(response, 200, body);
  return usage;
}

const describe = ({ name, created }: ServedModel) => ({ id: name, object: 'model', created, owned_by: 'metis-rise' });

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): undefined {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

function sendEvent(response: ServerResponse, data: string): void {
  response.write(`data: ${data}\n\n`);
}

/** A stream that has begun tells of an error in its last event. */
function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.writableEnded) return;
  const told = error instanceof ApiError ? error : internalError();
  if (!response.headersSent) sendJson(response, told.status, told.body, told.headers);
  else {
    sendEvent(response, JSON.stringify(told.body));
    response.end();
  }
}

const internalError = () =>
  new ApiError('the server failed; its own output says why', { status: 500, type: 'server_error' });

const endingError = () =>
  new ApiError('the server is ending; come again when it is back', {
    status: 503,
    type: 'server_error',
    headers: { connection: 'close' },
  });
