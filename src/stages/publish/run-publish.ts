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
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { completeStage } from '../complete-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { packShards } from './pack-shards.ts';
import { type Diagnosis, selectExamples } from './select-examples.ts';

export interface PublishSummary extends SourceCounts {
  examples: number;
  shards: number;
}

/** Writes the SFT examples of all diagnosis shards, shuffled, as WebDataset tars and an index of them. */
export async function runPublish({ store, report }: StageDeps, input: DiagnosedRun): Promise<PublishSummary> {
  const { runId, shardCount } = input;
  const config = await readConfig(store, input.configKey);
  const versions = { accuracy: BUILT_IN_VERSIONS.accuracy, format: BUILT_IN_VERSIONS.format };
  return completeStage(store, { stage: 'publish', input, config, versions }, async (writePart, prefix, store) => {
    const examples: PromptExample[] = [];
    const selection = { runId, seed: config.seed, maxKept: config.diagnosis.maxKeptPerPrompt };
    for (let shard = 0; shard < shardCount; shard++) {
      examples.push(...selectExamples(selection, await readDiagnosis(store, runId, shard)));
    }
    const index: SftIndexEntry[] = [];
    let shards = 0;
    for await (const shard of packShards(store, examples, { seed: config.seed, ...config.sft })) {
      await writePart(`${prefix}${shard.name}`, shard.bytes, shard.index.length);
      index.push(...shard.index);
      shards += 1;
      report({ stage: 'publish', done: index.length, total: examples.length, unit: 'examples' });
    }
    await writePart(sftIndexKey(runId), encodeRecords(index), index.length);
    return { examples: examples.length, ...countSources(index), shards };
  });
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
