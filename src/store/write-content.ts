import type { Store } from './store.ts';

/** What a file holds, whole or, where memory should not hold it, some at a time. */
export type Content = Uint8Array | string | Iterable<Uint8Array>;

/**
 * Writes content of either kind, whole or not at all.
 *
 * @param onPiece sees each piece as it is written
 */
export async function writeContent(
  store: Store,
  key: string,
  content: Content,
  onPiece: (piece: Uint8Array | string) => void = () => {},
): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    onPiece(content);
    await store.write(key, content);
  } else {
    await store.writeStream(key, seen(content, onPiece));
  }
}

async function* seen(pieces: Iterable<Uint8Array>, onPiece: (piece: Uint8Array) => void) {
  for (const piece of pieces) {
    onPiece(piece);
    yield piece;
  }
}
