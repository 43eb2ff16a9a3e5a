import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { ApiError } from '../server/api-error.ts';
import type { LiveUpdate } from './live-data.ts';

/** Pages that may follow runs at once: a browser forgets some. */
const MOST_STREAMS = 64;
/** Looks without a change, after which a sign of life is sent. */
const QUIET_LOOKS = 15;

let streams = 0;

/**
 * Sends a run's updates as server-sent events, each as soon as it differs from the one before, until the reader has gone or the
 * server ends. A browser comes again by itself.
 */
export async function streamUpdates(
  response: ServerResponse,
  update: () => Promise<LiveUpdate>,
  { interval, stopping }: { interval: number; stopping: AbortSignal },
): Promise<void> {
  if (streams >= MOST_STREAMS) throw new ApiError('too many pages follow runs; close some', { status: 503 });
  streams += 1;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopping]);
  try {
    // An unknown run is refused before the stream begins.
    let said = JSON.stringify(await update());
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    await write(response, `data: ${said}\n\n`, signal);
    for (let quiet = 1; !signal.aborted; quiet++) {
      await setTimeout(interval, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      const next = JSON.stringify(await update());
      if (next !== said) await write(response, `data: ${next}\n\n`, signal);
      else if (quiet % QUIET_LOOKS === 0) await write(response, ': still here\n\n', signal);
      said = next;
    }
    response.end();
  } finally {
    streams -= 1;
  }
}

/** A slow reader is waited for. */
async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (!response.write(text)) await once(response, 'drain', { signal }).catch(() => {});
}
