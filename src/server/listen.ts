import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidInputError } from '../schema/errors.ts';

/** A server that takes connections, until it is disposed of. */
export interface Listening extends AsyncDisposable {
  /** Of its root, without a slash at the end. */
  url: string;
  port: number;
}

export interface ListenSettings {
  host: string;
  /** 0 takes one that is free. */
  port: number;
  /** Called when the server ends and answers do not. */
  onLate(): void;
}

/** Milliseconds in which a client has to send its headers, all of a request, and the next one on the same connection. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 5_000 };

/** Milliseconds that answers have to come to their end when the server ends. */
const GRACE = 5_000;

/** Milliseconds between two looks for connections that nobody waits on. */
const IDLE_INTERVAL = 50;

/** Listens for requests. What runs when it ends may end too. Throws `InvalidInputError` where port or host cannot be had. */
export async function listen(listener: RequestListener, { host, port, onLate }: ListenSettings): Promise<Listening> {
  const server = createServer(TIMEOUTS, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainListening(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${own}`,
    port: own,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_INTERVAL);
      const late = setTimeout(onLate, GRACE);
      const last = setTimeout(() => server.closeAllConnections(), 2 * GRACE);
      await closed;
      for (const timer of [idle, late, last]) clearTimeout(timer);
    },
  };
}

function explainListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reason =
    error.code === 'EADDRINUSE'
      ? 'another program has it; give another --port'
      : `cannot be listened on (${error.message}); give another --host or --port`;
  return new InvalidInputError(`port ${port} of ${host}: ${reason}`, { cause: error });
}
