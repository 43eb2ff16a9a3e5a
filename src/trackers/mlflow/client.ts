import { setTimeout } from 'node:timers/promises';
import { EndpointFailure } from '../../endpoints/endpoint-failure.ts';
import { describeCause } from '../../endpoints/send-openai.ts';
import { EndpointError } from '../../schema/errors.ts';
import type { TrackerContext } from '../tracker.ts';

/** A tracking server. Every call throws `EndpointError` where no try of it succeeds. */
export interface MlflowClient {
  /** The JSON of the answer. */
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** Writes a file by the server's own way to its artifacts. */
  putArtifact(path: string, bytes: Uint8Array | string, type: string): Promise<void>;
}

const API = 'api/2.0/mlflow';
const ARTIFACTS = 'api/2.0/mlflow-artifacts/artifacts';
const TIMEOUT_MILLISECONDS = 30_000;
/** Before the second try and the third. */
const WAITS = [1000, 4000];
const QUOTED_CHARACTERS = 300;

/** What a request is known by: the header, and words that no message may have. */
export interface Credentials {
  authorization?: string;
  secrets: string[];
}

/** As MLflow's own client reads them. */
export function readCredentials(environment: TrackerContext['environment']): Credentials {
  const token = environment('MLFLOW_TRACKING_TOKEN');
  if (token) return { authorization: `Bearer ${token}`, secrets: [token] };
  const [user, password] = [environment('MLFLOW_TRACKING_USERNAME'), environment('MLFLOW_TRACKING_PASSWORD')];
  if (!user || !password) return { secrets: [] };
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  return { authorization: `Basic ${encoded}`, secrets: [password, encoded] };
}

export function createMlflowClient(url: string, credentials: Credentials): MlflowClient {
  const base = url.replace(/\/+$/, '');
  const send = (path: string, init: RequestInit) => retry(() => request(`${base}/${path}`, init, credentials));
  const json = { 'content-type': 'application/json' };
  return {
    get: async (path, query) => JSON.parse(await send(`${API}/${path}?${new URLSearchParams(query)}`, {})),
    post: async (path, body) =>
      JSON.parse(await send(`${API}/${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) })),
    async putArtifact(path, bytes, type) {
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      const body = typeof bytes === 'string' ? bytes : new Uint8Array(bytes);
      await send(`${ARTIFACTS}/${encoded}`, { method: 'PUT', headers: { 'content-type': type }, body });
    },
  };
}

async function request(url: string, init: RequestInit, { authorization, secrets }: Credentials): Promise<string> {
  const headers = { ...init.headers, ...(authorization && { authorization }) };
  const place = url.replace(/\?.*$/s, '');
  // A redirect would take the credentials to another host.
  const options = { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) } as const;
  try {
    const response = await fetch(url, options);
    const text = await response.text();
    if (response.ok) return text;
    const said = secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
    throw new EndpointFailure(`${place} answered ${response.status}: ${said.slice(0, QUOTED_CHARACTERS)}`, {
      status: response.status,
    });
  } catch (cause) {
    if (cause instanceof EndpointFailure) throw cause;
    throw new EndpointFailure(`${place} gave no answer (${describeCause(cause)})`, { cause });
  }
}

/** Tries again what may pass; what is wrong in itself is told at once. */
async function retry(attempt: () => Promise<string>): Promise<string> {
  for (const wait of [...WAITS, undefined]) {
    try {
      return await attempt();
    } catch (cause) {
      const failure = cause as EndpointFailure;
      if (!failure.isPassing || wait === undefined) throw new EndpointError(failure.message, { cause });
      await setTimeout(wait);
    }
  }
  throw new Error('unreachable');
}

/** Whether a server said that there is no such thing. */
export const isAbsent = (error: unknown) =>
  error instanceof EndpointError && error.cause instanceof EndpointFailure && error.cause.status === 404;
