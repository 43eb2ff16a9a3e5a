import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a request on its way. */
export type Fault =
  | { kind: 'answer'; status: number; code: string }
  /** The server does what it is asked, but the answer never comes. */
  | { kind: 'lose-answer' }
  /** The connection breaks after some bytes of the answer. */
  | { kind: 'break'; afterBytes: number }
  /** The first byte of the answer is another one. */
  | { kind: 'corrupt' };

/** A proxy before a server: each request takes the next fault that was planned; without one it passes unharmed. */
export interface FaultyProxy {
  endpoint: string;
  /** Every request since the last plan, in order. */
  requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[];
  plan(...faults: Fault[]): void;
  stop(): Promise<void>;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const faults: Fault[] = [];
  const requests: FaultyProxy['requests'] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    requests.push({ method, url, headers });
    pass(incoming, outgoing, target, faults.shift());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    plan: (...planned) => {
      requests.length = 0;
      faults.splice(0, faults.length, ...planned);
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: string, fault: Fault | undefined): void {
  if (fault?.kind === 'answer') {
    incoming.resume();
    outgoing.writeHead(fault.status, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>planned</Message></Error>`);
    return;
  }
  const { method, headers, url } = incoming;
  const onward = request(new URL(url!, target), { method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => deliver(outgoing, answer, Buffer.concat(chunks), fault));
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

function deliver(outgoing: ServerResponse, answer: IncomingMessage, body: Buffer, fault: Fault | undefined): void {
  if (fault?.kind === 'lose-answer') {
    outgoing.destroy();
    return;
  }
  if (fault?.kind === 'corrupt') body[0] ^= 0xff;
  outgoing.writeHead(answer.statusCode!, answer.headers);
  if (fault?.kind === 'break') outgoing.write(body.subarray(0, fault.afterBytes), () => outgoing.destroy());
  else outgoing.end(body);
}
