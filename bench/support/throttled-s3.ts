import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a store asks of S3 for one object, at so many bytes a second for each request, as S3 itself paces connections. */
export async function startThrottledS3(objectBytes: number, bytesPerSecond: number) {
  const server = createServer((request, response) => {
    answer(request, response, objectBytes, bytesPerSecond).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, objectBytes: number, rate: number) {
  const query = new URL(request.url!, 'http://s3').searchParams;
  if (request.method === 'HEAD') return void response.setHeader('content-length', objectBytes).end();
  if (request.method === 'GET') return sendObject(request, response, objectBytes, rate);
  await pipeline(request, paced(rate), async (chunks) => {
    for await (const _ of chunks);
  });
  response.setHeader('etag', '"any"');
  if (query.has('uploads'))
    response.end('<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>');
  else if (query.has('partNumber') || request.method === 'PUT') response.end();
  else response.end('<CompleteMultipartUploadResult><ETag>"any"</ETag></CompleteMultipartUploadResult>');
}

async function sendObject({ headers }: IncomingMessage, response: ServerResponse, objectBytes: number, rate: number) {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = to ? Number(to) + 1 : objectBytes;
  response.writeHead(headers.range ? 206 : 200, { 'content-length': end - start, etag: '"any"' });
  await pipeline(Readable.from(zeros(end - start)), paced(rate), response);
}

const BLOCK = Buffer.alloc(256 * 1024);

function* zeros(bytes: number) {
  for (let left = bytes; left > 0; left -= BLOCK.length) yield BLOCK.subarray(0, Math.min(left, BLOCK.length));
}

function paced(bytesPerSecond: number): Transform {
  const began = performance.now();
  let passed = 0;
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      passed += chunk.byteLength;
      const early = (passed / bytesPerSecond) * 1000 - (performance.now() - began);
      if (early > 1) await sleep(early);
      done(null, chunk);
    },
  });
}
