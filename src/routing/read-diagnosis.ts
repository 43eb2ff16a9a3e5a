import { z } from 'zod';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Decision } from '../schema/decision.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { ExpertAnswer } from '../schema/expert-answer.ts';
import {
  DIAGNOSIS,
  expertPrefix,
  manifestKey,
  planPromptsKey,
  planShardsKey,
  policyPrefix,
  recordsKey,
  routesPrefix,
  scoresPrefix,
  sftShardsPrefix,
  trajectoriesPrefix,
} from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { Prompt } from '../schema/prompt.ts';
import { Route } from '../schema/route.ts';
import { ShardItem } from '../schema/stage-inputs.ts';
import { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { readJson, readRecords, readStoredConfig } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Diagnosis } from './select-examples.ts';

/** A run on its store. */
export interface StoredRun {
  store: Store;
  runId: string;
  config: RunConfig;
}

/** What a run keeps of a shard of its diagnosis. */
export interface StoredDiagnosis extends Diagnosis {
  shard: number;
  policy: Decision['policy'];
}

/** A run that somebody names. Throws `InvalidInputError` where the store has none of that id. */
export async function openRun(store: Store, runId: string): Promise<StoredRun> {
  return { store, runId, config: await readStoredConfig(store, runId) };
}

/** Shards of a run's diagnosis. Throws `InvalidInputError` where SFT's examples are not decided yet. */
export async function countDecidedShards({ store, runId }: StoredRun): Promise<number> {
  if (await store.exists(manifestKey(sftShardsPrefix(runId)))) {
    return (await readJson(store, planShardsKey(runId, DIAGNOSIS), z.array(ShardItem))).length;
  }
  throw new InvalidInputError(
    `run ${runId} has no SFT examples yet: ${sftShardsPrefix(runId)} has no manifest; let the run go on`,
  );
}

/** The shards of a run's diagnosis, one after the other: memory need hold no more than one. */
export async function* readDiagnosis(run: StoredRun, shardCount: number): AsyncGenerator<StoredDiagnosis> {
  for (let shard = 0; shard < shardCount; shard++) yield await readShard(run, shard);
}

async function readShard(run: StoredRun, shard: number): Promise<StoredDiagnosis> {
  const { store, runId } = run;
  const [routes, prompts, trajectories, scores, answers] = await Promise.all([
    readRecords(store, recordsKey(routesPrefix(runId, shard)), Route),
    readRecords(store, planPromptsKey(runId, DIAGNOSIS, shard), Prompt),
    readRecords(store, recordsKey(trajectoriesPrefix(runId, DIAGNOSIS, shard)), Trajectory),
    readRecords(store, recordsKey(scoresPrefix(runId, DIAGNOSIS, shard)), TrajectoryScore),
    readRecords(store, recordsKey(expertPrefix(runId, shard)), ExpertAnswer),
  ]);
  const policy = await readPolicy(run, shard, trajectories);
  return { shard, routes, prompts, trajectories, scores, answers, policy };
}

/** The policy that sampled a shard; `manifestSha256` where a stage made it, by the manifest of the shard's trajectories. */
async function readPolicy(
  { store, runId, config }: StoredRun,
  shard: number,
  [first]: readonly Trajectory[],
): Promise<Decision['policy']> {
  const { inputs } = await readJson(store, manifestKey(trajectoriesPrefix(runId, DIAGNOSIS, shard)), Manifest);
  const folder = policyPrefix(runId, first.policyVersion, config.policy.model);
  const manifest = inputs.find(({ key }) => key === manifestKey(folder));
  return { folder, ...(manifest && { manifestSha256: manifest.sha256 }) };
}
