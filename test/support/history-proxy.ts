import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { startEmulatorProxy } from './emulator-proxy.ts';

/** An emulator behind which executions have the histories, and Map runs the failures, that a test gives them. */
export interface HistoryProxy {
  endpoint: string;
  /** By execution ARN; others are the emulator's own. */
  histories: Map<string, readonly HistoryEvent[]>;
  /** Why an item of a Map run failed, by the run's ARN. */
  failedItems: Map<string, { error: string; cause: string }>;
  stop(): Promise<void>;
}

/** Small, so that a history takes several answers. */
const EVENTS_PER_PAGE = 20;

/** Answers for those, histories with their newest event first, and passes everything else on to the emulator. */
export async function startHistoryProxy(emulator: string): Promise<HistoryProxy> {
  const histories: HistoryProxy['histories'] = new Map();
  const failedItems: HistoryProxy['failedItems'] = new Map();
  /** By operation; undefined where the emulator is to answer. */
  const answers: Record<string, (request: Record<string, string>) => object | undefined> = {
    GetExecutionHistory: (request) => pageOf(histories, request),
    ListExecutions: ({ mapRunArn }) => (failedItems.has(mapRunArn) ? { executions: [anItem(mapRunArn)] } : undefined),
    DescribeExecution: ({ executionArn }) => failedItems.get(executionArn),
  };
  const proxy = await startEmulatorProxy(emulator, ({ headers }, text) => {
    const operation = String(headers['x-amz-target']).replace('AWSStepFunctions.', '');
    const own = answers[operation]?.(JSON.parse(text));
    return own && { status: 200, contentType: 'application/x-amz-json-1.0', body: JSON.stringify(own) };
  });
  return { ...proxy, histories, failedItems };
}

/** One that failed, found again by the ARN of its Map run. */
const anItem = (mapRunArn: string) => ({
  executionArn: mapRunArn,
  stateMachineArn: 'any',
  name: 'item',
  status: 'FAILED',
  startDate: 0,
});

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
