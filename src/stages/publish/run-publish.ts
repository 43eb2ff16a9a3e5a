import type { PromptExample } from '../../formats/format.ts';
import { BUILT_IN_VERSIONS } from '../../rewards/index.ts';
import {
  DIAGNOSIS,
  expertPrefix,
  planPromptsKey,
  recordsKey,
  routesPrefix,
  scoresPrefix,
  sftIndexKey,
  trajectoriesPrefix,
} from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { ExpertAnswer, Route } from '../../schema/route.ts';
import { countSources, type SftIndexEntry, type SourceCounts } from '../../schema/sft-example.ts';
import type { DiagnosedRun } from '../../schema/stage-inputs.ts';
import { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { beginStage } from '../begin-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { packShards } from './pack-shards.ts';
import { type Diagnosis, selectExamples } from './select-examples.ts';

export interface PublishSummary extends SourceCounts {
  examples: number;
  shards: number;
}

/** Writes the SFT examples of all diagnosis shards, shuffled, as WebDataset tars and an index of them. */
export async function runPublish(deps: StageDeps, input: DiagnosedRun): Promise<PublishSummary> {
  const work = await beginStage<PublishSummary>(deps.store, { stage: 'publish', input });
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix } = work;
  const { runId, shardCount } = input;
  const examples: PromptExample[] = [];
  const selection = { runId, seed: config.seed, maxKept: config.diagnosis.maxKeptPerPrompt };
  for (let shard = 0; shard < shardCount; shard++) {
    examples.push(...selectExamples(selection, await readDiagnosis(store, runId, shard)));
  }
  const index: SftIndexEntry[] = [];
  let shards = 0;
  for await (const shard of packShards(store, examples, { seed: config.seed, ...config.sft })) {
    await work.writePart(`${prefix}${shard.name}`, shard.bytes, shard.index.length);
    index.push(...shard.index);
    shards += 1;
    deps.report({ stage: 'publish', done: index.length, total: examples.length, unit: 'examples' });
  }
  await work.writePart(sftIndexKey(runId), encodeRecords(index), index.length);
  const { accuracy, format } = BUILT_IN_VERSIONS;
  return work.finish({ examples: examples.length, ...countSources(index), shards }, { accuracy, format });
}

async function readDiagnosis(store: Store, runId: string, shard: number): Promise<Diagnosis> {
  const [routes, prompts, trajectories, scores, answers] = await Promise.all([
    readRecords(store, recordsKey(routesPrefix(runId, shard)), Route),
    readRecords(store, planPromptsKey(runId, DIAGNOSIS, shard), Prompt),
    readRecords(store, recordsKey(trajectoriesPrefix(runId, DIAGNOSIS, shard)), Trajectory),
    readRecords(store, recordsKey(scoresPrefix(runId, DIAGNOSIS, shard)), TrajectoryScore),
    readRecords(store, recordsKey(expertPrefix(runId, shard)), ExpertAnswer),
  ]);
  return { routes, prompts, trajectories, scores, answers };
}
