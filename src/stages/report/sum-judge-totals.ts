import { mapBounded } from '../../base/bounded.ts';
import { runPrefix } from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { JudgeTotals } from '../../schema/trajectory.ts';
import { readJson } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

const SCORES_MANIFEST = /\/scores\/\d+\/manifest\.json$/;
const CONCURRENT_READS = 32;

/** What judges took over all scoring of a run, by its manifests; undefined where none was paid. */
export async function sumJudgeTotals(store: Store, runId: string): Promise<JudgeTotals | undefined> {
  const keys = (await store.list(runPrefix(runId))).filter((key) => SCORES_MANIFEST.test(key));
  const sum = { judgements: 0, judgeInputTokens: 0, judgeOutputTokens: 0, judgeDollars: 0 };
  for (const { summary } of await mapBounded(keys, CONCURRENT_READS, (key) => readJson(store, key, Manifest))) {
    const { success, data } = JudgeTotals.safeParse(summary);
    if (!success) continue;
    sum.judgements += data.judgements;
    sum.judgeInputTokens += data.judgeInputTokens;
    sum.judgeOutputTokens += data.judgeOutputTokens;
    sum.judgeDollars += data.judgeDollars;
  }
  return sum.judgements === 0 ? undefined : sum;
}
