import { BUILT_IN_VERSIONS } from '../../rewards/index.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
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
import type { DiagnosedRun } from '../../schema/stage-inputs.ts';
import { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { completeStage } from '../complete-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { packShards } from './pack-shards.ts';
import { type PromptExample, selectExpert, selectSelfDistilled } from './select-examples.ts';

export interface PublishSummary {
  examples: number;
  selfDistill: number;
  expert: number;
  shards: number;
}

/** Writes the SFT examples of all diagnosis shards, shuffled, as WebDataset tars and an index of them. */
export async function runPublish({ store, report }: StageDeps, input: DiagnosedRun): Promise<PublishSummary> {
  const { runId, shardCount } = input;
  const config = await readConfig(store, input.configKey);
  const versions = { accuracy: BUILT_IN_VERSIONS.accuracy, format: BUILT_IN_VERSIONS.format };
  return completeStage(store, { stage: 'publish', input, config, versions }, async (writePart, prefix) => {
    const examples: PromptExample[] = [];
    for (let shard = 0; shard < shardCount; shard++) {
      examples.push(...(await selectShardExamples(store, config, runId, shard)));
    }

    const index: object[] = [];
    let shards = 0;
    for await (const shard of packShards(store, examples, { seed: config.seed, ...config.sft })) {
      await writePart(`${prefix}${shard.name}`, shard.bytes, shard.index.length);
      index.push(...shard.index);
      shards += 1;
      report({ stage: 'publish', done: shards, total: shard.shardCount, unit: 'shards' });
    }
    await writePart(sftIndexKey(runId), encodeRecords(index), index.length);
    const count = (source: string) => examples.filter(({ example }) => example.source === source).length;
    return { examples: examples.length, selfDistill: count('self-distill'), expert: count('expert'), shards };
  });
}

async function selectShardExamples(
  store: Store,
  config: RunConfig,
  runId: string,
  shard: number,
): Promise<PromptExample[]> {
  const routes = await readRecords(store, recordsKey(routesPrefix(runId, shard)), Route);
  const prompts = await readRecords(store, planPromptsKey(runId, DIAGNOSIS, shard), Prompt);
  const trajectories = await readRecords(store, recordsKey(trajectoriesPrefix(runId, DIAGNOSIS, shard)), Trajectory);
  const scores = await readRecords(store, recordsKey(scoresPrefix(runId, DIAGNOSIS, shard)), TrajectoryScore);
  const answers = await readRecords(store, recordsKey(expertPrefix(runId, shard)), ExpertAnswer);

  const byPrompt = <T extends { promptId: string }>(records: T[]) => Map.groupBy(records, ({ promptId }) => promptId);
  const [promptOf, groupOf, scoresOf, answersOf] = [
    byPrompt(prompts),
    byPrompt(trajectories),
    byPrompt(scores),
    byPrompt(answers),
  ];
  return routes.flatMap((route) => {
    const { promptId, kind } = route;
    const prompt = promptOf.get(promptId)![0];
    const group = groupOf.get(promptId) ?? [];
    const run = { runId, seed: config.seed };
    const examples = {
      mastered: () => [],
      'self-distill': () =>
        selectSelfDistilled(run, route, group, scoresOf.get(promptId) ?? [], config.diagnosis.maxKeptPerPrompt),
      expert: () => selectExpert(runId, route, answersOf.get(promptId)?.[0]),
    }[kind]();
    return examples.map((example) => ({ prompt, example }));
  });
}
