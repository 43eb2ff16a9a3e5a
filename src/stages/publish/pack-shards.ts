import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import type { PromptExample } from '../../formats/format.ts';
import { webdataset } from '../../formats/webdataset.ts';
import type { SftIndexEntry } from '../../schema/sft-example.ts';
import type { Store } from '../../store/store.ts';

/** One tar, and which examples are in it. */
export interface PackedShard {
  name: string;
  bytes: Buffer;
  index: SftIndexEntry[];
}

/** Shuffles the examples by the seed and packs them, with their images from the store, one shard at a time. */
export async function* packShards(
  store: Pick<Store, 'read'>,
  examples: readonly PromptExample[],
  { seed, examplesPerShard }: { seed: number; examplesPerShard: number },
): AsyncGenerator<PackedShard> {
  const shuffled = createRandom(deriveSeed(seed, 'sft-shards')).shuffle(examples);
  const outgoing = shuffled.map(({ prompt, example }) => ({
    prompt,
    example,
    readImages: () => Promise.all(prompt.images.map(({ key }) => store.read(key))),
  }));
  for await (const file of webdataset.write(outgoing, { examplesPerFile: examplesPerShard })) {
    const { name, bytes } = file;
    const index = file.examples.map(({ exampleId, source, promptId }) => ({
      exampleId,
      source,
      promptId,
      shard: name,
    }));
    yield { name, bytes, index };
  }
}
