import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { S3 } from '@aws-sdk/client-s3';
import { AlreadyExistsError, CorruptRecordError, InvalidInputError } from '../../src/schema/errors.ts';
import { openStore } from '../../src/store/open-store.ts';
import { copyObject } from '../../src/store/s3-copy.ts';
import type { Store } from '../../src/store/store.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { aLargeObject, describeStoreContract, LARGE_BYTES } from './store-contract.ts';

describeWithMoto('a bucket', (server) => {
  let admin: S3;
  beforeAll(() => {
    admin = new S3({ endpoint: server().endpoint, forcePathStyle: true });
  });
  afterAll(() => admin.destroy());

  const aBucket = async () => {
    const bucket = `rise-${randomUUID()}`;
    await admin.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } });
    return bucket;
  };

  describeStoreContract('a whole bucket', async () => openStore(`s3://${await aBucket()}`));
  describeStoreContract('a prefix of a bucket', async () => openStore(`s3://${await aBucket()}/some/prefix`));

  it('copies in parts what S3 copies in no other way, whole or not at all', async () => {
    const Bucket = await aBucket();
    const bytes = aLargeObject(5);
    await admin.putObject({ Bucket, Key: 'a b/large', Body: bytes });
    const copy = (Key: string) => copyObject(admin, { Bucket, Key }, { Bucket, Key: 'copy' }, 5 * 1024 * 1024);
    await copy('a b/large');
    const { Body } = await admin.getObject({ Bucket, Key: 'copy' });
    expect(Buffer.compare(Buffer.from(await Body!.transformToByteArray()), bytes)).toBe(0);
    await expect(copy('none')).rejects.toThrow();
    expect((await admin.listMultipartUploads({ Bucket })).Uploads ?? []).toEqual([]);
  });

  it('opens again what its URI names, below the prefix only', async () => {
    const bucket = await aBucket();
    const store = openStore(`s3://${bucket}/team/`);
    expect(store.uri).toBe(`s3://${bucket}/team`);
    await store.write('key', 'x');
    await openStore(`s3://${bucket}`).write('teammate', 'y');
    expect(await openStore(store.uri).list('')).toEqual(['key']);
    expect(await openStore(`s3://${bucket}`).list('')).toEqual(['team/key', 'teammate']);
  });

  it('lists more keys than one answer holds', async () => {
    const store = openStore(`s3://${await aBucket()}`);
    const keys = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    await Promise.all(keys.map((key) => store.write(key, '')));
    expect(await store.list('many/')).toEqual(keys);
  });

  it('keeps a checksum of the whole object, uploaded at once or in parts, and leaves no upload open', async () => {
    const bucket = await aBucket();
    const store = openStore(`s3://${bucket}`);
    await store.write('small', 'some text');
    await store.write('large', aLargeObject(0));
    const checksum = async (Key: string) =>
      (await admin.headObject({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' })).ChecksumCRC32;
    const expected = (bytes: Buffer | string) => {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(crc32(bytes));
      return word.toString('base64');
    };
    expect(await checksum('small')).toBe(expected('some text'));
    expect(await checksum('large')).toBe(expected(aLargeObject(0)));
    expect((await admin.headObject({ Bucket: bucket, Key: 'large' })).ETag).toMatch(/-2"$/);

    const broken = async function* () {
      yield aLargeObject(0);
      throw new Error('the source broke');
    };
    await store.writeStream('broken', broken()).catch(() => {});
    expect((await admin.listMultipartUploads({ Bucket: bucket })).Uploads ?? []).toEqual([]);
  });

  it('names the bucket that is not there', async () => {
    const store = openStore('s3://no-such-bucket/prefix');
    await expect(store.read('key')).rejects.toThrow(InvalidInputError);
    await expect(store.write('key', 'x')).rejects.toThrow('there is no bucket no-such-bucket');
  });

  describe('over a bad line', () => {
    let proxy: FaultyProxy;
    let store: Store;
    beforeEach(async () => {
      proxy = await startFaultyProxy(server().endpoint);
      process.env.AWS_ENDPOINT_URL = proxy.endpoint;
      store = openStore(`s3://${await aBucket()}`);
    });
    afterEach(async () => {
      process.env.AWS_ENDPOINT_URL = server().endpoint;
      await proxy.stop();
    });

    it('tries again, later, when it is told to slow down', async () => {
      const slowDown = { kind: 'answer', status: 503, code: 'SlowDown' } as const;
      const internalError = { kind: 'answer', status: 500, code: 'InternalError' } as const;
      proxy.plan(slowDown, internalError, internalError);
      await store.write('key', 'x');
      expect(proxy.requests.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT', 'PUT']);
      proxy.plan(slowDown);
      expect((await store.read('key')).toString()).toBe('x');
      proxy.plan(slowDown);
      expect(await store.list('')).toEqual(['key']);
    });

    it('names the bucket in the path, which needs no DNS', async () => {
      proxy.plan();
      await store.write('key', 'x');
      const { pathname } = new URL(proxy.requests[0].url!, proxy.endpoint);
      expect(`s3:/${pathname}`).toBe(`${store.uri}/key`);
      expect(proxy.requests[0].headers.host).toBe(new URL(proxy.endpoint).host);
    });

    it('tries again when conditional writers collide', async () => {
      proxy.plan({ kind: 'answer', status: 409, code: 'ConditionalRequestConflict' });
      await store.write('key', 'x', { ifAbsent: true });
      expect(proxy.requests).toHaveLength(2);
      await expect(store.write('key', 'y', { ifAbsent: true })).rejects.toThrow(AlreadyExistsError);
    });

    it('knows its own conditional write again when the answer to it was lost', async () => {
      proxy.plan({ kind: 'lose-answer' });
      await store.write('key', 'mine', { ifAbsent: true });
      expect(proxy.requests.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'GET']);

      proxy.plan({ kind: 'answer', status: 500, code: 'InternalError' });
      await expect(store.write('key', 'yours', { ifAbsent: true })).rejects.toThrow(AlreadyExistsError);
    });

    it('asks only for the rest when the connection breaks in a download', async () => {
      const bytes = aLargeObject(0);
      await store.write('large', bytes);
      proxy.plan({ kind: 'break', afterBytes: 1_000_000 }, { kind: 'break', afterBytes: 500_000 });
      expect((await store.read('large')).equals(bytes)).toBe(true);
      const [first, ...rest] = proxy.requests.map(({ headers }) => headers.range);
      expect(first).toBeUndefined();
      expect(rest).toHaveLength(2);
      const [starts, ends] = [1, 2].map((group) => rest.map((range) => Number(/(\d+)-(\d+)/.exec(range!)![group])));
      expect(ends).toEqual([LARGE_BYTES - 1, LARGE_BYTES - 1]);
      expect(starts[0]).toBeGreaterThan(0);
      expect(starts[1]).toBeGreaterThan(starts[0]);
    });

    it('goes on in a range where the connection broke', async () => {
      const bytes = aLargeObject(0);
      await store.write('large', bytes);
      proxy.plan({ kind: 'break', afterBytes: 100_000 });
      const part = await buffer(store.readStream('large', { start: 1_000_000, end: 2_000_000 }));
      expect(part.equals(bytes.subarray(1_000_000, 2_000_000))).toBe(true);
    });

    it('brings a download of many parts over several connections, each of which may break', async () => {
      const piece = aLargeObject(5);
      const bytes = Buffer.concat([piece, piece, piece, piece, piece]);
      await store.write('huge', bytes);
      proxy.plan({ kind: 'break', afterBytes: 1_000_000 }, { kind: 'break', afterBytes: 500_000 });
      expect((await store.read('huge')).equals(bytes)).toBe(true);
      const etags = new Set(proxy.requests.slice(1).map(({ headers }) => headers['if-match']));
      expect(etags.size).toBe(1);
      const starts = proxy.requests.map(({ headers }) => Number(/(\d+)-/.exec(headers.range ?? '0-')![1]));
      const segments = Array.from({ length: Math.ceil(bytes.length / 2 ** 23) }, (_, index) => index * 2 ** 23);
      expect(starts).toEqual(expect.arrayContaining(segments));
      expect(starts).toHaveLength(segments.length + 2);

      const range = { start: 1_000_000, end: bytes.length };
      expect((await buffer(store.readStream('huge', range))).equals(bytes.subarray(range.start))).toBe(true);
    });

    it('refuses a rest that belongs to another object', async () => {
      await store.write('key', aLargeObject(1));
      proxy.plan({ kind: 'break', afterBytes: 100_000 });
      const stream = store.readStream('key')[Symbol.asyncIterator]();
      await stream.next();
      await openStore(store.uri).write('key', aLargeObject(2));
      const rest = (async () => {
        while (!(await stream.next()).done);
      })();
      await expect(rest).rejects.toThrow('it was replaced while it was read');
    });

    it('notices bytes that changed on the way', async () => {
      await store.write('key', aLargeObject(0));
      proxy.plan({ kind: 'corrupt' });
      await expect(store.read('key')).rejects.toThrow(CorruptRecordError);
      expect((await store.read('key')).equals(aLargeObject(0))).toBe(true);
    });

    it('reads a small object again whose bytes changed on the way', async () => {
      await store.write('key', 'some text');
      proxy.plan({ kind: 'corrupt' });
      expect((await store.read('key')).toString()).toBe('some text');
      expect(proxy.requests).toHaveLength(2);
    });
  });
});
