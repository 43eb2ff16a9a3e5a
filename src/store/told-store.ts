import type { Store } from './store.ts';

/** What has passed of one stream so far. */
export interface Transfer {
  direction: 'read' | 'written';
  key: string;
  bytes: number;
}

/** A store that tells of each piece of its streams as it passes: what is large takes long, and silence looks like a hang. */
export function createToldStore(store: Store, onTransfer: (transfer: Transfer) => void): Store {
  async function* told<T extends Uint8Array>(direction: Transfer['direction'], key: string, pieces: AsyncIterable<T>) {
    let bytes = 0;
    for await (const piece of pieces) {
      yield piece;
      bytes += piece.byteLength;
      onTransfer({ direction, key, bytes });
    }
  }
  return {
    ...store,
    readStream: (key, range) => told('read', key, store.readStream(key, range)),
    writeStream: (key, source) => store.writeStream(key, told('written', key, source)),
  };
}
