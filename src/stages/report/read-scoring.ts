import { z } from 'zod';
import { mapBounded } from '../../base/bounded.ts';
import type { RolloutRewards } from '../../report/render-report.ts';
import { DIAGNOSIS, runPrefix } from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { JudgeTotals } from '../../schema/trajectory.ts';
import { readJson } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

const SCORES_MANIFEST = /^([^/]+)\/scores\/\d+\/manifest\.json$/;
const CONCURRENT_READS = 32;

/** What the report takes from the summary of a scored shard; runs of the code before have no means. */
const ScoringSummary = z.object({
  trajectories: z.number(),
  meanReward: z.number(),
  rewards: z.record(z.string(), z.number()).default({}),
  ...JudgeTotals.partial().shape,
});

/** A shard's scoring, the rollout that it is of, and the key of its manifest. */
export type ShardScoring = z.infer<typeof ScoringSummary> & { rollout: string; key: string };

/** All scoring of a run by its manifests, in the order of their keys; what was scored again later is no part of it. */
export async function readScoring(store: Store, runId: string): Promise<ShardScoring[]> {
  const run = runPrefix(runId);
  const keys = (await store.list(run)).flatMap((key) => {
    const [, rollout] = SCORES_MANIFEST.exec(key.slice(run.length)) ?? [];
    return rollout === undefined ? [] : [{ key, rollout }];
  });
  const scoring = await mapBounded(keys, CONCURRENT_READS, async ({ key, rollout }) => {
    const { success, data } = ScoringSummary.safeParse((await readJson(store, key, Manifest)).summary);
    return success ? [{ rollout, key, ...data }] : [];
  });
  return scoring.flat();
}

/** What judges took over all scoring of a run; undefined where none was paid. */
export function sumJudgeTotals(scoring: readonly ShardScoring[]): JudgeTotals | undefined {
  const total = (field: keyof JudgeTotals) => scoring.reduce((sum, shard) => sum + (shard[field] ?? 0), 0);
  const judgements = total('judgements');
  if (judgements === 0) return undefined;
  return {
    judgements,
    judgeInputTokens: total('judgeInputTokens'),
    judgeOutputTokens: total('judgeOutputTokens'),
    judgeDollars: total('judgeDollars'),
  };
}

/** The means of each rollout over its shards: of the reward, and of each one's value. */
export function averageRewards(scoring: readonly ShardScoring[]): RolloutRewards[] {
  const byRollout = [...Map.groupBy(scoring, ({ rollout }) => rollout)];
  // The diagnosis comes after the iterations, and before them in the order of keys.
  byRollout.sort(([left], [right]) => Number(left === DIAGNOSIS) - Number(right === DIAGNOSIS));
  return byRollout.map(([rollout, shards]) => {
    const trajectories = shards.reduce((sum, shard) => sum + shard.trajectories, 0);
    const mean = (of: (shard: ShardScoring) => number) =>
      shards.reduce((sum, shard) => sum + of(shard) * shard.trajectories, 0) / trajectories;
    const names = Object.keys(shards[0].rewards);
    return {
      rollout,
      reward: mean(({ meanReward }) => meanReward),
      means: Object.fromEntries(names.map((name) => [name, mean(({ rewards }) => rewards[name] ?? 0)])),
    };
  });
}
