import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is answered in place of an emulator. */
export interface ProxyAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** A server that gives an emulator's answers, but for requests that have one of their own here. */
export async function startEmulatorProxy(
  emulator: string,
  answerTo: (request: IncomingMessage, body: string) => ProxyAnswer | undefined,
): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const own = answerTo(request, body.toString());
    if (own) {
      response.writeHead(own.status, { 'content-type': own.contentType }).end(own.body);
      return;
    }
    const answer = await forward(emulator, request, body);
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const forward = (emulator: string, { method, url, headers }: IncomingMessage, body: Buffer) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    send(emulator + url, { method, headers }, resolve)
      .on('error', reject)
      .end(body);
  });
