import { createHash } from 'node:crypto';
import { hashJson, hashJsonToUint32, hashStream, sha256Of } from '../../../src/base/hash.ts';

describe('hashes', () => {
  it('of bytes and of their text are the same sha256', () => {
    // FIPS 180-2, example B.1
    const published = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256Of('abc')).toBe(published);
    expect(sha256Of(new Uint8Array([97, 98, 99]))).toBe(published);
  });

  it('of values are those of their JSON, whole, short or as a number', () => {
    const whole = sha256Of('["a",1]');
    expect(hashJson(['a', 1])).toBe(whole);
    expect(hashJson(['a', 1], 8)).toBe(whole.slice(0, 8));
    expect(hashJsonToUint32(['a', 1])).toBe(Buffer.from(whole, 'hex').readUInt32LE(0));
  });

  it('of a stream go on with what comes after', async () => {
    const hash = await hashStream(
      (async function* () {
        yield Buffer.from('a');
        yield Buffer.from('b');
      })(),
    );
    expect(hash.update('c').digest('hex')).toBe(createHash('sha256').update('abc').digest('hex'));
  });
});
