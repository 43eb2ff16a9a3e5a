import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { GetObjectCommandOutput, S3 } from '@aws-sdk/client-s3';
import { streamBounded } from '../base/bounded.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import { freeBuffers } from './free-buffers.ts';
import { explainS3Error, type S3Object, statusOf } from './s3-errors.ts';
import type { ByteRange } from './store.ts';

/** Broken connections in a row, without a byte between them, after which a download is given up. */
const MAX_BREAKS = 5;
const BREAK_DELAY_MILLISECONDS = 100;

/**
 * Large downloads come in segments, each by a request of its own, over several connections: one carries some 85 to 90 MB a
 * second (S3 user guide, "Performance design patterns"). All segments under way are in memory.
 */
const SEGMENT_BYTES = 8 * 2 ** 20;
const CONNECTIONS = 8;
/** Up to this, one connection is about as fast; who asks for ranges of their own asks for such. */
const LARGE_BYTES = 4 * SEGMENT_BYTES;

/** An object, or a range of it, that is about to arrive. */
export interface Download {
  bytes: number;
  chunks: AsyncIterable<Buffer>;
}

/**
 * Opens a download. The SDK retries until an answer begins; where a connection breaks later, the rest is asked for, of
 * the same version of the object. A whole object is held to the checksum S3 keeps of it.
 * Throws `NotFoundError`; the chunks throw `CorruptRecordError` when they are not what was written.
 */
export async function openDownload(s3: S3, object: S3Object, range?: ByteRange): Promise<Download> {
  if (range && range.end <= range.start) return NOTHING;
  try {
    const first = await s3.getObject({ ...object, Range: range && rangeHeader(range.start, range.end) });
    const bytes = first.ContentLength!;
    const receiveAll = bytes <= LARGE_BYTES ? receive : receiveSegments;
    const chunks = freeBuffers(receiveAll(s3, object, first, range?.start ?? 0, bytes));
    return { bytes, chunks: range ? chunks : verify(chunks, object, first.ChecksumCRC32) };
  } catch (cause) {
    if (range && statusOf(cause) === 416) return NOTHING;
    throw explainS3Error(cause, object);
  }
}

const NOTHING: Download = { bytes: 0, chunks: (async function* () {})() };

const rangeHeader = (start: number, end: number) => `bytes=${start}-${Number.isFinite(end) ? end - 1 : ''}`;

const MISMATCH = 'its bytes do not match their checksum';

/** The SDK verifies one answer; this one holds for a download that took several. Other makes of S3 may keep none. */
async function* verify(chunks: AsyncIterable<Buffer>, object: S3Object, expected: string | undefined) {
  let checksum = 0;
  for await (const chunk of chunks) {
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (expected && !isComposite(expected) && Buffer.from(expected, 'base64').readUInt32BE() !== checksum) {
    throw corrupt(object, MISMATCH);
  }
}

/** The checksum of an object that another tool uploaded in parts can be one of its parts' checksums: `...==-2`. */
const isComposite = (checksum: string) => checksum.includes('-');

async function* receive(
  s3: S3,
  object: S3Object,
  first: GetObjectCommandOutput,
  start: number,
  bytes: number,
): AsyncGenerator<Buffer> {
  let answer = first;
  let received = 0;
  for (let breaks = 0; ; breaks++) {
    try {
      for await (const chunk of answer.Body as AsyncIterable<Buffer>) {
        received += chunk.byteLength;
        breaks = 0;
        yield chunk;
      }
      return;
    } catch (cause) {
      if (received >= bytes) throw corrupt(object, MISMATCH, cause);
      if (breaks === MAX_BREAKS) throw cause;
    }
    await setTimeout(BREAK_DELAY_MILLISECONDS * 2 ** breaks);
    answer = await resume(s3, object, first.ETag, rangeHeader(start + received, start + bytes));
  }
}

/** As `receive`, over several connections: the first answer is read for the first segment, and then hung up. */
async function* receiveSegments(
  s3: S3,
  object: S3Object,
  first: GetObjectCommandOutput,
  start: number,
  bytes: number,
): AsyncGenerator<Buffer> {
  const offsets = Array.from({ length: Math.ceil(bytes / SEGMENT_BYTES) }, (_, index) => index * SEGMENT_BYTES);
  yield* streamBounded(offsets, CONNECTIONS, async (offset) => {
    const from = start + offset;
    const size = Math.min(SEGMENT_BYTES, bytes - offset);
    const answer = offset === 0 ? first : await resume(s3, object, first.ETag, rangeHeader(from, from + size));
    return collect(receive(s3, object, answer, from, size), size);
  });
}

/** So many bytes of a stream, of which there may be more. */
async function collect(chunks: AsyncIterable<Buffer>, size: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of chunks) {
    filled += chunk.copy(whole, filled);
    if (filled === size) break;
  }
  return whole.subarray(0, filled);
}

async function resume(s3: S3, object: S3Object, etag: string | undefined, range: string) {
  try {
    return await s3.getObject({ ...object, Range: range, IfMatch: etag });
  } catch (cause) {
    if (statusOf(cause) === 412) throw corrupt(object, 'it was replaced while it was read', cause);
    throw explainS3Error(cause, object);
  }
}

const corrupt = ({ Bucket, Key }: S3Object, fault: string, cause?: unknown) =>
  new CorruptRecordError(`s3://${Bucket}/${Key}: ${fault}; read it again, or remove it and rerun`, { cause });
