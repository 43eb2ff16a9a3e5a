import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** An emulator behind which executions have the histories that a test gives them. */
export interface HistoryProxy {
  endpoint: string;
  /** By execution ARN; others are the emulator's own. */
  histories: Map<string, readonly HistoryEvent[]>;
  stop(): Promise<void>;
}

const OPERATION = 'AWSStepFunctions.GetExecutionHistory';
/** Small, so that a history takes several answers. */
const EVENTS_PER_PAGE = 20;

/** Answers for histories, newest event first, and passes everything else on to the emulator. */
export async function startHistoryProxy(emulator: string): Promise<HistoryProxy> {
  const histories: HistoryProxy['histories'] = new Map();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const history = request.headers['x-amz-target'] === OPERATION && pageOf(histories, JSON.parse(body.toString()));
    if (history) {
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(history));
      return;
    }
    const answer = await forward(emulator, request, body);
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    histories,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pageOf(histories: HistoryProxy['histories'], { executionArn, nextToken = '0' }: Record<string, string>) {
  const events = histories.get(executionArn);
  if (!events) return undefined;
  const start = Number(nextToken);
  const page = events.toReversed().slice(start, start + EVENTS_PER_PAGE);
  const end = start + page.length;
  return {
    events: page.map((event) => ({ ...event, timestamp: event.timestamp!.getTime() / 1000 })),
    ...(end < events.length && { nextToken: String(end) }),
  };
}

const forward = (emulator: string, { method, url, headers }: IncomingMessage, body: Buffer) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    send(emulator + url, { method, headers }, resolve)
      .on('error', reject)
      .end(body);
  });
