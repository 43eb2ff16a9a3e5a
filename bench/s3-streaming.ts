/**
 * Peak memory of a process that streams 1 GB to a bucket, and of one that streams it back, against moto:
 * `node bench/s3-streaming.ts`. Prints one line of JSON each; `before` is Node, TypeScript and the SDK alone.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { openStore } from '../src/store/open-store.ts';

const OBJECT_BYTES = 1_000_000_000;
const STORE = 's3://bench';

if (process.argv[2]) await measure(process.argv[2]);
else await measureBoth();

async function measureBoth(): Promise<void> {
  const { S3 } = await import('@aws-sdk/client-s3');
  const { findMoto, startMoto } = await import('../test/support/moto-server.ts');
  const moto = findMoto();
  if ('missing' in moto) throw new Error(moto.missing);
  const server = await startMoto(moto.python);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: server.endpoint,
  });
  await new S3({ forcePathStyle: true }).createBucket({ Bucket: new URL(STORE).host });
  for (const direction of ['write', 'read']) {
    execFileSync(process.execPath, [import.meta.filename, direction], { stdio: 'inherit' });
  }
  await server.stop();
}

async function measure(direction: string): Promise<void> {
  const store = openStore(STORE);
  await store.exists('large');
  const before = Math.round(process.memoryUsage.rss() / 1e6);
  const start = performance.now();
  if (direction === 'write') {
    await store.writeStream('large', createReadStream('/dev/urandom', { end: OBJECT_BYTES - 1 }));
  } else {
    let received = 0;
    for await (const chunk of store.readStream('large')) received += chunk.byteLength;
    if (received !== OBJECT_BYTES) throw new Error(`${received} bytes came back of ${OBJECT_BYTES}`);
  }
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const peak = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
  console.log(JSON.stringify({ direction, megabytes: { before, peak }, seconds }));
}
