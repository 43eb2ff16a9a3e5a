import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/** Bytes of a request: some images as they come from cameras. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** @throws ApiError the body is no JSON, not said to be, or too large */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new ApiError(`content-type ${JSON.stringify(type)}: give application/json`, { status: 415 });
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    // A client hears of it once it has sent all; one that does not end is cut off.
    else if (size > 2 * MAX_BODY_BYTES) throw tooLarge();
  }
  if (size > MAX_BODY_BYTES) throw tooLarge();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw new ApiError(`the body is no JSON (${(cause as Error).message})`, { status: 400, code: 'invalid_json' });
  }
}

function tooLarge(): ApiError {
  return new ApiError(`the body is over ${MAX_BODY_BYTES} bytes; scale its images down`, { status: 413 });
}
