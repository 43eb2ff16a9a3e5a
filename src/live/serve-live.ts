import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadUi } from '../report/site/bundle-ui.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { ExecutionInput } from '../schema/stage-inputs.ts';
import { checkAccess } from '../server/access.ts';
import { ApiError } from '../server/api-error.ts';
import { type Listening, listen } from '../server/listen.ts';
import type { RunList } from './live-data.ts';
import { livePage } from './live-page.ts';
import type { LiveSource } from './live-source.ts';
import { createUpdates } from './observe-update.ts';
import { createReports, type Reports } from './serve-report.ts';
import { streamUpdates } from './stream-updates.ts';

export interface LiveSettings {
  port: number;
  /** Milliseconds between two looks at a run. */
  interval: number;
  /** Told of what goes wrong in the server itself. */
  onFailure(error: unknown): void;
}

/** This machine alone: there is nothing that says who asks. */
const HOST = '127.0.0.1';

interface LiveDeps extends LiveSettings {
  source: LiveSource;
  ui: { js: Uint8Array; css: Uint8Array };
  reports: Reports;
  stopping: AbortSignal;
}

/** Serves the live page of a place, to this machine, until it is disposed of. */
export async function serveLive(source: LiveSource, settings: LiveSettings): Promise<Listening> {
  const stop = new AbortController();
  const reports = createReports(source.store);
  const deps = { ...settings, source, ui: await loadUi('live'), reports, stopping: stop.signal };
  const listening = await listen((request, response) => answer(deps, request, response), {
    ...{ host: HOST, port: settings.port, onLate() {} },
  });
  return {
    ...listening,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await listening[Symbol.asyncDispose]();
      await rm(reports.folder, { recursive: true, force: true });
    },
  };
}

async function answer(deps: LiveDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    checkAccess(request.headers, { host: HOST });
    if (request.method !== 'GET') throw new ApiError('only GET is served', { status: 405, headers: { allow: 'GET' } });
    await route(deps, request, response);
  } catch (error) {
    const told = asApiError(error);
    if (told.status >= 500) deps.onFailure(error);
    if (!response.headersSent) send(response, told.status, JSON.stringify(told.body), JSON_TYPE);
    else response.end();
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

async function route(deps: LiveDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { source, ui, reports, interval, stopping } = deps;
  const { pathname } = new URL(request.url ?? '/', 'http://live');
  if (pathname === '/') return send(response, 200, livePage, 'text/html; charset=utf-8');
  if (pathname === '/live.js') return send(response, 200, ui.js, 'text/javascript; charset=utf-8');
  if (pathname === '/live.css') return send(response, 200, ui.css, 'text/css; charset=utf-8');
  if (pathname === '/api/runs') {
    const list: RunList = { place: source.place, runs: await source.listRuns() };
    return send(response, 200, JSON.stringify(list), JSON_TYPE);
  }
  const [, api, runId = '', rest = ''] = /^\/(api\/runs|reports)\/([^/]+)\/(.*)$/.exec(decode(pathname)) ?? [];
  if (!ExecutionInput.shape.runId.safeParse(runId).success) throw notFound(pathname);
  const update = createUpdates(source, runId);
  if (api === 'reports') {
    const { body, type } = await reports.read(runId, rest);
    return send(response, 200, body, type);
  }
  if (rest === 'now') return send(response, 200, JSON.stringify(await update()), JSON_TYPE);
  if (rest === 'updates') return streamUpdates(response, update, { interval, stopping });
  throw notFound(pathname);
}

const notFound = (path: string) => new ApiError(`${path} is not here`, { status: 404, code: 'not_found' });

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw notFound(pathname);
  }
}

function send(response: ServerResponse, status: number, body: string | Uint8Array, type: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof InvalidInputError) return new ApiError(error.message, { status: 404, code: 'not_found' });
  return new ApiError('the server failed; its own output says why', { status: 500, type: 'server_error' });
}
