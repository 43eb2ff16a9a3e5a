import { Readable } from 'node:stream';
import type { _Object, S3 } from '@aws-sdk/client-s3';
import { AlreadyExistsError } from '../schema/errors.ts';
import { freeBuffers } from './free-buffers.ts';
import { assertKey } from './key.ts';
import { createS3Client } from './s3-client.ts';
import { copyObject } from './s3-copy.ts';
import { openDownload } from './s3-download.ts';
import { attemptsOf, explainS3Error, type S3Object, statusOf } from './s3-errors.ts';
import { upload, uploadIfAbsent } from './s3-upload.ts';
import type { Store } from './store.ts';

/**
 * A store in a bucket, which must be there, below a prefix of its keys; an empty prefix is the whole bucket.
 * Throttled and failed requests are sent again with growing waits.
 */
export function createS3Store(bucket: string, prefix = ''): Store {
  if (prefix !== '') assertKey(prefix);
  const root = prefix === '' ? '' : `${prefix}/`;
  const at = (key: string): S3Object => ({ Bucket: bucket, Key: root + key });
  const objectOf = (key: string) => {
    assertKey(key);
    return at(key);
  };
  const call = createCaller();
  const headOf = async (key: string) => {
    const object = objectOf(key);
    return call(object, (s3) =>
      s3.headObject(object).catch((cause) => {
        if (statusOf(cause) === 404) return undefined;
        throw cause;
      }),
    );
  };

  const store: Store = {
    uri: `s3://${bucket}${prefix && `/${prefix}`}`,

    async read(key) {
      const object = objectOf(key);
      const { bytes, chunks } = await call(object, (s3) => openDownload(s3, object));
      const whole = Buffer.allocUnsafe(bytes);
      let filled = 0;
      for await (const chunk of chunks) filled += chunk.copy(whole, filled);
      return whole;
    },

    async *readStream(key, range) {
      const object = objectOf(key);
      yield* (await call(object, (s3) => openDownload(s3, object, range))).chunks;
    },

    async write(key, bytes, options = {}) {
      const object = objectOf(key);
      const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
      if (!options.ifAbsent) return call(object, (s3) => upload(s3, object, body));
      try {
        await call(object, (s3) => uploadIfAbsent(s3, object, body));
      } catch (cause) {
        if (statusOf(cause) !== 412) throw cause;
        // An answer may get lost: the object that the repeated request then finds can be our own.
        if (attemptsOf(cause) > 1 && (await store.read(key)).equals(body)) return;
        throw new AlreadyExistsError(`${key} is already in ${store.uri}; another writer was first`, { cause });
      }
    },

    async writeStream(key, source) {
      const object = objectOf(key);
      await call(object, (s3) => upload(s3, object, Readable.from(freeBuffers(source))));
    },

    async copy(from, to) {
      const [source, target] = [objectOf(from), objectOf(to)];
      await call(source, (s3) => copyObject(s3, source, target));
    },

    sizeOf: async (key) => (await headOf(key))?.ContentLength,

    stampOf: async (key) => (await headOf(key))?.ETag,

    async exists(key) {
      return (await store.sizeOf(key)) !== undefined;
    },

    async list(keyPrefix) {
      return [...(await store.listSizes(keyPrefix)).keys()];
    },

    async listSizes(keyPrefix) {
      const object = at(keyPrefix);
      const objects = await call(object, (s3) => listObjects(s3, object));
      const sizes = objects.map(({ Key, Size }): [string, number] => [Key!.slice(root.length), Size!]);
      return new Map(sizes.sort(([left], [right]) => (left < right ? -1 : 1)));
    },

    async delete(key) {
      const object = objectOf(key);
      await call(object, (s3) => s3.deleteObject(object));
    },
  };
  return store;
}

type CallS3 = <T>(object: S3Object, work: (s3: S3) => Promise<T>) => Promise<T>;

/** Gives what calls S3, by a client made at the first call, and explains what it refuses. */
function createCaller(): CallS3 {
  let client: Promise<S3> | undefined;
  return async (object, work) => {
    client ??= createS3Client();
    const s3 = await client;
    return work(s3).catch((cause) => {
      throw explainS3Error(cause, object);
    });
  };
}

async function listObjects(s3: S3, { Bucket, Key: Prefix }: S3Object): Promise<_Object[]> {
  const objects: _Object[] = [];
  for await (const page of s3.paginateListObjectsV2({ Bucket, Prefix })) objects.push(...(page.Contents ?? []));
  return objects;
}
