import { loadBenchmarks } from '../../benchmarks/index.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import * as keys from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { readJsonIfPresent } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { measuredPolicies } from './read-benchmarks.ts';
import { readPlanShards } from './read-overview.ts';
import type { SourceOverview } from './report-data.ts';

/** Whose trajectories can be shown, and how many there are. */
export type Source = Pick<SourceOverview, 'title' | 'prompts' | 'trajectories'> & (RolloutSource | BenchmarkSource);

/** A rollout, with those of its shards that have been sampled. */
interface RolloutSource {
  kind: 'diagnosis' | 'iteration';
  id: string;
  shards: number[];
}

/** A benchmark that at least one policy has been measured by. */
interface BenchmarkSource {
  kind: 'evaluation';
  id: string;
  benchmark: string;
  promptSet: string;
}

/** What a run has sampled so far: the diagnosis first, then benchmarks, then RL from its last iteration back. */
export async function listSources(store: Store, runId: string, config: RunConfig): Promise<Source[]> {
  const iterations = Array.from({ length: config.rl.iterations }, (_, index) => index).reverse();
  const found = [
    await findRollout(store, runId, { kind: 'diagnosis', id: keys.DIAGNOSIS, title: 'Diagnosis of the RL policy' }),
    ...(await findBenchmarks(store, runId, config)),
    ...(await Promise.all(
      iterations.map((index) => {
        const title = `RL iteration ${index + 1}`;
        return findRollout(store, runId, { kind: 'iteration', id: keys.iterationName(index), title });
      }),
    )),
  ];
  return found.filter((source) => source.trajectories > 0);
}

async function findRollout(
  store: Store,
  runId: string,
  about: Pick<RolloutSource, 'kind' | 'id'> & { title: string },
): Promise<Source> {
  const planned = await readPlanShards(store, runId, about.id);
  const counts = await Promise.all(
    planned.map(async (shard) => {
      const prefix = keys.trajectoriesPrefix(runId, about.id, shard);
      const trajectories = await countRecords(store, prefix, keys.recordsKey(prefix));
      const prompts = await countRecords(
        store,
        keys.planPrefix(runId, about.id),
        keys.planPromptsKey(runId, about.id, shard),
      );
      return { shard, trajectories, prompts };
    }),
  );
  const sampled = counts.filter(({ trajectories }) => trajectories > 0);
  return { ...about, shards: sampled.map(({ shard }) => shard), ...sumCounts(sampled) };
}

async function findBenchmarks(store: Store, runId: string, config: RunConfig): Promise<Source[]> {
  const policies = await measuredPolicies(store, runId);
  if (policies.length === 0) return [];
  return Promise.all(
    loadBenchmarks(config).map(async ({ name, title, promptSet, completionsPerPrompt }) => {
      const prompts = await countRecords(store, keys.promptsPrefix(runId), keys.promptsKey(runId, promptSet));
      return {
        ...{ kind: 'evaluation' as const, id: `evaluation-${name}`, title: `Answers to ${title}`, promptSet },
        ...{ benchmark: name, prompts, trajectories: prompts * policies.length * completionsPerPrompt },
      };
    }),
  );
}

/** Records of a file by the manifest of its folder; 0 where the work is not done. */
async function countRecords(store: Store, prefix: string, key: string): Promise<number> {
  const manifest = await readJsonIfPresent(store, keys.manifestKey(prefix), Manifest);
  return manifest?.parts.find((part) => part.key === key)?.records ?? 0;
}

const sumCounts = (counts: readonly { prompts: number; trajectories: number }[]) => ({
  prompts: counts.reduce((sum, { prompts }) => sum + prompts, 0),
  trajectories: counts.reduce((sum, { trajectories }) => sum + trajectories, 0),
});
