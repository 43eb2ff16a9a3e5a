import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { type S3Object, statusOf } from './s3-errors.ts';

/** Objects above this go up in parts of this size: at most 80 GB in the 10,000 parts S3 takes. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts under way, each over a connection of its own and in memory, once more while it is put together. */
const PARTS_AT_ONCE = 8;
const MAX_CONFLICTS = 6;
const CONFLICT_DELAY_MILLISECONDS = 100;

/**
 * Uploads an object in one piece or in parts, each with a checksum that S3 verifies and keeps for the whole object.
 * A source that throws, or a part that fails for good, leaves nothing behind.
 */
export async function upload(
  s3: S3,
  object: S3Object,
  body: Uint8Array | Readable,
  condition: { IfNoneMatch?: '*' } = {},
): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const checksum = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
  const params = { ...object, ...condition, ...checksum, Body: body };
  await new Upload({ client: s3, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE, params }).done();
}

/** Uploads where nothing is yet. S3 answers 409 to writers that collide and expects each of them to try again. */
export async function uploadIfAbsent(s3: S3, object: S3Object, body: Uint8Array): Promise<void> {
  for (let conflicts = 0; ; conflicts++) {
    try {
      await upload(s3, object, body, { IfNoneMatch: '*' });
      return;
    } catch (error) {
      if (statusOf(error) !== 409 || conflicts === MAX_CONFLICTS) throw error;
    }
    await setTimeout(Math.random() * CONFLICT_DELAY_MILLISECONDS * 2 ** conflicts);
  }
}
