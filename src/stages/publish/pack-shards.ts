import type { PromptExample } from '../../formats/format.ts';
import { webdataset } from '../../formats/webdataset.ts';
import type { SftIndexEntry } from '../../schema/sft-example.ts';
import type { Store } from '../../store/store.ts';

/** One tar, and which examples are in it. */
export interface PackedShard {
  name: string;
  bytes: Buffer;
  index: readonly SftIndexEntry[];
}

/** Packs examples, which come in their order, with their images from the store, one shard at a time. */
export async function* packShards(
  store: Pick<Store, 'read'>,
  examples: readonly PromptExample[],
  examplesPerShard: number,
): AsyncGenerator<PackedShard> {
  const outgoing = examples.map(({ prompt, example }) => ({
    prompt,
    example,
    readImages: () => Promise.all(prompt.images.map(({ key }) => store.read(key))),
  }));
  yield* webdataset.write(outgoing, { examplesPerFile: examplesPerShard });
}
