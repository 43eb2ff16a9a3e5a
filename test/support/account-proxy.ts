import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

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
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { operation, parameters } = readRequest(request, body.toString());
    const prepared = answers.get(operation)?.(parameters);
    if (prepared) {
      const isText = typeof prepared.body === 'string';
      response.writeHead(prepared.status ?? 200, {
        'content-type': isText ? 'text/xml' : 'application/x-amz-json-1.1',
      });
      response.end(isText ? prepared.body : JSON.stringify(prepared.body));
      return;
    }
    const answer = await forward(emulator, request, body);
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
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

const forward = (emulator: string, { method, url, headers }: IncomingMessage, body: Buffer) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    send(emulator + url, { method, headers }, resolve)
      .on('error', reject)
      .end(body);
  });
