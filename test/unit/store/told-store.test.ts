import { buffer } from 'node:stream/consumers';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { createToldStore, type Transfer } from '../../../src/store/told-store.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

describe('a told store', () => {
  it('tells how far each stream is, and gives what is there', async () => {
    const transfers: Transfer[] = [];
    const store = createToldStore(createLocalStore(folder), (transfer) => transfers.push(transfer));
    const source = async function* () {
      yield Buffer.from('some');
      yield Buffer.from('thing');
    };
    await store.writeStream('key', source());
    expect((await buffer(store.readStream('key', { start: 4, end: 9 }))).toString()).toBe('thing');
    expect(transfers).toEqual([
      { direction: 'written', key: 'key', bytes: 4 },
      { direction: 'written', key: 'key', bytes: 9 },
      { direction: 'read', key: 'key', bytes: 5 },
    ]);
  });
});
