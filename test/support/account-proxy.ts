import type { IncomingMessage } from 'node:http';
import { startEmulatorProxy } from './emulator-proxy.ts';

/** What a service answers: JSON of an object, XML of a text, and an error by its status and shape. */
export interface Answer {
  status?: number;
  body: object | string;
}

/** An emulator behind which operations that it lacks, or that a test wants otherwise, have prepared answers. */
export interface AccountProxy {
  endpoint: string;
  /** By operation, such as `GetServiceQuota`; every other is the emulator's own. */
  answers: Map<string, (request: Record<string, unknown>) => Answer>;
  stop(): Promise<void>;
}

/** Operations of REST, by their paths. */
const PATHS: Record<string, string> = { '/2016-08-19/account-settings': 'GetAccountSettings' };

export async function startAccountProxy(emulator: string): Promise<AccountProxy> {
  const answers: AccountProxy['answers'] = new Map();
  const proxy = await startEmulatorProxy(emulator, (request, text) => {
    const { operation, parameters } = readRequest(request, text);
    const prepared = answers.get(operation)?.(parameters);
    if (!prepared) return undefined;
    const { status = 200, body } = prepared;
    if (typeof body === 'string') return { status, contentType: 'text/xml', body };
    return { status, contentType: 'application/x-amz-json-1.1', body: JSON.stringify(body) };
  });
  return { ...proxy, answers };
}

/** The three ways of AWS's protocols to name an operation: a header, a field of a form, a path. */
function readRequest({ headers, url }: IncomingMessage, body: string) {
  const target = headers['x-amz-target'];
  if (target) return { operation: String(target).split('.').at(-1)!, parameters: JSON.parse(body || '{}') };
  const path = PATHS[url!.replace(/\/$/, '')];
  if (path) return { operation: path, parameters: {} };
  const form = Object.fromEntries(new URLSearchParams(body));
  return { operation: form.Action ?? '', parameters: form };
}
