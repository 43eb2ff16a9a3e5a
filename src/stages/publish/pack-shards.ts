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
  index: readonly SftIndexEntry[];
}

/** Examples in the seeded order in which shards, and the epochs that shuffle them again, take them. */
export function shuffleExamples(examples: readonly PromptExample[], seed: number): PromptExample[] {
  return createRandom(deriveSeed(seed, 'sft-shards')).shuffle(examples);
}

/** Shuffles the examples by the seed and packs them, with their images from the store, one shard at a time. */
export async function* packShards(
  store: Pick<Store, 'read'>,
  examples: readonly PromptExample[],
  { seed, examplesPerShard }: { seed: number; examplesPerShard: number },
): AsyncGenerator<PackedShard> {
  const outgoing = shuffleExamples(examples, seed).map(({ prompt, example }) => ({
    prompt,
    example,
    readImages: () => Promise.all(prompt.images.map(({ key }) => store.read(key))),
  }));
  yield* webdataset.write(outgoing, { examplesPerFile: examplesPerShard });
}
