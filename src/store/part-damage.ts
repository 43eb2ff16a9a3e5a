import { mapBounded } from '../base/bounded.ts';
import { hashStream } from '../base/hash.ts';
import { Manifest, type ManifestPart } from '../schema/manifest.ts';
import { readJsonIfPresent } from './records.ts';
import type { Store } from './store.ts';

/** How a part is not what its manifest says. */
export type PartDamage =
  | { kind: 'missing'; key: string }
  | { kind: 'size'; key: string; bytes: number; expected: number }
  | { kind: 'changed'; key: string };

/** What is looked at of each part: whether it is there and of its size, or its bytes too. */
export type Depth = 'sizes' | 'contents';

const CONCURRENT_PARTS = 32;

/** The parts that are not what their manifest says. */
export async function findPartDamage(
  store: Store,
  parts: readonly ManifestPart[],
  depth: Depth,
): Promise<PartDamage[]> {
  const found = await mapBounded(parts, CONCURRENT_PARTS, async ({ key, bytes: expected, sha256 }) => {
    const bytes = await store.sizeOf(key);
    if (bytes === undefined) return { kind: 'missing', key } as const;
    if (bytes !== expected) return { kind: 'size', key, bytes, expected } as const;
    if (depth === 'contents' && (await hashStream(store.readStream(key))).digest('hex') !== sha256)
      return { kind: 'changed', key } as const;
    return undefined;
  });
  return found.filter((damage) => damage !== undefined);
}

/** What is known of a piece of work before it is done: it is not, it is, or what it had written is not there any more. */
export type WorkState = { kind: 'open' } | { kind: 'done'; manifest: Manifest } | { kind: 'damaged' };

/**
 * The state of the work whose manifest has this key. A manifest stands for its parts only while they are there in their
 * sizes, which is a look at each and no reading; contents are checked where they are read.
 */
export async function readWorkState(store: Store, key: string): Promise<WorkState> {
  const manifest = await readJsonIfPresent(store, key, Manifest);
  if (!manifest) return { kind: 'open' };
  const damage = await findPartDamage(store, manifest.parts, 'sizes');
  return damage.length === 0 ? { kind: 'done', manifest } : { kind: 'damaged' };
}
