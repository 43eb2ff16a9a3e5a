import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { writeSftShard } from '../../formats/webdataset.ts';
import { sftShardName } from '../../schema/keys.ts';
import type { SftExample } from '../../schema/route.ts';
import type { Store } from '../../store/store.ts';
import type { PromptExample } from './select-examples.ts';

/** One tar, and which examples are in it. */
export interface PackedShard {
  name: string;
  bytes: Buffer;
  index: (Pick<SftExample, 'exampleId' | 'source' | 'promptId'> & { shard: string })[];
  shardCount: number;
}

/** Shuffles the examples by the seed and packs them, with their images from the store, one shard at a time. */
export async function* packShards(
  images: Pick<Store, 'read'>,
  examples: readonly PromptExample[],
  { seed, examplesPerShard }: { seed: number; examplesPerShard: number },
): AsyncGenerator<PackedShard> {
  const shuffled = createRandom(deriveSeed(seed, 'sft-shards')).shuffle(examples);
  const shardCount = Math.ceil(shuffled.length / examplesPerShard);
  for (let shard = 0; shard < shardCount; shard += 1) {
    const name = sftShardName(shard, shardCount);
    const own = shuffled.slice(shard * examplesPerShard, (shard + 1) * examplesPerShard);
    const stored = own.map(async ({ prompt, example }) => {
      return { prompt, example, images: await Promise.all(prompt.images.map(({ key }) => images.read(key))) };
    });
    const index = own.map(({ example: { exampleId, source, promptId } }) => ({
      exampleId,
      source,
      promptId,
      shard: name,
    }));
    yield { name, bytes: await writeSftShard(await Promise.all(stored)), index, shardCount };
  }
}
