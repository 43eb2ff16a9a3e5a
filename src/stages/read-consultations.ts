import { z } from 'zod';
import { mapBounded } from '../base/bounded.ts';
import { ExpertTotals } from '../schema/expert-answer.ts';
import { deadLettersKey, expertPrefix, manifestKey } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import type { DiagnosedRun } from '../schema/stage-inputs.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const CONCURRENT_READS = 32;

/** Of the summary of a shard's consultation; where nobody was asked it has no totals. */
const ShardConsultation = z.object({
  consulted: z.number(),
  verified: z.number(),
  ...ExpertTotals.partial().shape,
});

/** A shard's consultation, and the key of its dead letters, if it has any. */
export type ShardConsultation = z.infer<typeof ShardConsultation> & { deadLetters?: string };

/** The consultations of a run by their manifests, in the order of the shards. */
export function readConsultations(store: Store, { runId, shardCount }: DiagnosedRun): Promise<ShardConsultation[]> {
  const prefixes = Array.from({ length: shardCount }, (_, shard) => expertPrefix(runId, shard));
  return mapBounded(prefixes, CONCURRENT_READS, async (prefix) => {
    const { summary, parts } = await readJson(store, manifestKey(prefix), Manifest);
    const deadLetters = parts.find(({ key }) => key === deadLettersKey(prefix))?.key;
    return { ...ShardConsultation.parse(summary), ...(deadLetters !== undefined && { deadLetters }) };
  });
}
