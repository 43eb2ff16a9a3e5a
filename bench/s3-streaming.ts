/**
 * How fast, and in how much memory, 160 MB go to a bucket and come back where each request gets 9 MB a second.
 * That is a tenth of the 90 that S3 gives a connection (user guide, "Performance design patterns"), so that this machine,
 * which serves them too, is not what bounds it. Prints one line of JSON each; `before` is Node, TypeScript and the SDK alone.
 */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { promisify } from 'node:util';
import { openStore } from '../src/store/open-store.ts';
import { startThrottledS3 } from './support/throttled-s3.ts';

const OBJECT_BYTES = 160_000_000;
const BYTES_PER_SECOND = 9_000_000;

if (process.argv[2]) await measure(process.argv[2]);
else await measureBoth();

async function measureBoth(): Promise<void> {
  const server = await startThrottledS3(OBJECT_BYTES, BYTES_PER_SECOND);
  const access = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
  for (const direction of ['write', 'read']) {
    const environment = { ...process.env, ...access, AWS_ENDPOINT_URL: server.endpoint };
    const run = promisify(execFile)(process.execPath, [import.meta.filename, direction], { env: environment });
    console.log((await run).stdout.trim());
  }
  server.stop();
}

async function measure(direction: string): Promise<void> {
  const store = openStore('s3://bench');
  await store.exists('large');
  const before = Math.round(process.memoryUsage.rss() / 1e6);
  const start = performance.now();
  if (direction === 'write') await store.writeStream('large', createReadStream('/dev/zero', { end: OBJECT_BYTES - 1 }));
  else for await (const _ of store.readStream('large'));
  const seconds = (performance.now() - start) / 1000;
  const peak = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
  const megabytesPerSecond = Math.round(OBJECT_BYTES / 1e6 / seconds);
  console.log(
    JSON.stringify({ direction, megabytes: { before, peak }, seconds: Number(seconds.toFixed(1)), megabytesPerSecond }),
  );
}
