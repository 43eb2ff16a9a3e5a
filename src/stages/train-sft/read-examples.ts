import type { StoredSftExample } from '../../formats/format.ts';
import { webdataset } from '../../formats/webdataset.ts';
import { CorruptRecordError } from '../../schema/errors.ts';
import { manifestKey, sftIndexKey, sftShardsPrefix } from '../../schema/keys.ts';
import { Manifest, type ManifestPart } from '../../schema/manifest.ts';
import { SftIndexEntry } from '../../schema/sft-example.ts';
import { readJson, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/**
 * The published examples of a run, in the order that its index gives them.
 * Throws `CorruptRecordError` on a shard that is not read, or has other examples than manifest and index say.
 */
export async function readExamples(store: Store, runId: string): Promise<StoredSftExample[]> {
  const { parts } = await readJson(store, manifestKey(sftShardsPrefix(runId)), Manifest);
  const hasIndex = parts.some(({ key }) => key === sftIndexKey(runId));
  const index = hasIndex ? await readRecords(store, sftIndexKey(runId), SftIndexEntry) : undefined;
  const examples: StoredSftExample[] = [];
  for (const part of parts.filter(({ key }) => key.endsWith('.tar'))) examples.push(...(await readShard(store, part)));
  return index ? putInOrder(examples, index) : examples;
}

async function readShard(store: Store, { key, records }: ManifestPart): Promise<StoredSftExample[]> {
  const bytes = await store.read(key);
  const examples = await webdataset.read(bytes).catch((cause) => {
    throw new CorruptRecordError(`${key}: ${cause.message}`, { cause });
  });
  if (records === undefined || examples.length === records) return examples;
  throw new CorruptRecordError(
    `${key} has ${examples.length} examples, its manifest says ${records}; publish the shards again`,
  );
}

function putInOrder(examples: readonly StoredSftExample[], index: readonly SftIndexEntry[]): StoredSftExample[] {
  const byId = new Map(examples.map((stored) => [stored.example.exampleId, stored]));
  return index
    .toSorted((left, right) => (left.order ?? 0) - (right.order ?? 0))
    .map(({ exampleId, shard }) => {
      const example = byId.get(exampleId);
      if (example) return example;
      throw new CorruptRecordError(`${shard} lacks ${exampleId}, which the index has; publish the shards again`);
    });
}
