import { z } from 'zod';
import { REWARD_VERSIONS } from '../../rewards/index.ts';
import {
  DIAGNOSIS,
  expertPrefix,
  planPromptsKey,
  planShardsKey,
  recordsKey,
  routesPrefix,
  scoresPrefix,
  sftIndexKey,
  sftShardName,
  sftShardsPrefix,
  trajectoriesPrefix,
} from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { createRandom } from '../../schema/random.ts';
import { ExpertAnswer, Route, type SftExample } from '../../schema/route.ts';
import type { RunConfig } from '../../schema/run-config.ts';
import { deriveSeed } from '../../schema/seeds.ts';
import { type ExecutionInput, ShardItem } from '../../schema/stage-contracts.ts';
import { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { completeOnce, type WritePart } from '../../store/complete-once.ts';
import { encodeRecords, readConfig, readJson, readRecords } from '../../store/records.ts';
import { writeSftShard } from '../../store/sft-tar.ts';
import type { Store } from '../../store/store.ts';
import type { StageDeps } from '../stage-deps.ts';
import { selectExpert, selectSelfDistilled } from './select-examples.ts';

export interface PublishSummary {
  examples: number;
  selfDistill: number;
  expert: number;
  shards: number;
}

interface PromptExample {
  prompt: Prompt;
  example: SftExample;
}

/** Writes the SFT examples of all diagnosis shards, shuffled, as WebDataset tars and an index of them. */
export async function runPublish(deps: StageDeps, input: ExecutionInput): Promise<PublishSummary> {
  const { store } = deps;
  const { runId } = input;
  const config = await readConfig(store, input.configKey);
  const description = { stage: 'publish-shards', runId, seed: config.seed, versions: REWARD_VERSIONS };
  return completeOnce(store, sftShardsPrefix(runId), description, async (writePart) => {
    const items = await readJson(store, planShardsKey(runId, DIAGNOSIS), z.array(ShardItem));
    const examples: PromptExample[] = [];
    for (const { shard } of items) examples.push(...(await selectShardExamples(store, config, runId, shard)));

    const shuffled = createRandom(deriveSeed(config.seed, 'sft-shards')).shuffle(examples);
    const shards = await writeShards(deps, writePart, runId, shuffled, config.sft.examplesPerShard);
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

async function writeShards(
  { store, report }: StageDeps,
  writePart: WritePart,
  runId: string,
  examples: readonly PromptExample[],
  examplesPerShard: number,
): Promise<number> {
  const count = Math.ceil(examples.length / examplesPerShard);
  const index: object[] = [];
  for (let shard = 0; shard < count; shard += 1) {
    const name = sftShardName(shard, count);
    const own = examples.slice(shard * examplesPerShard, (shard + 1) * examplesPerShard);
    const stored = await Promise.all(
      own.map(async (entry) => ({ ...entry, images: await readImages(store, entry.prompt) })),
    );
    await writePart(`${sftShardsPrefix(runId)}${name}`, await writeSftShard(stored), own.length);
    index.push(
      ...own.map(({ example: { exampleId, source, promptId } }) => ({ exampleId, source, promptId, shard: name })),
    );
    report({ stage: 'publish-shards', done: shard + 1, total: count, unit: 'shards' });
  }
  await writePart(sftIndexKey(runId), encodeRecords(index), index.length);
  return count;
}

const readImages = (store: Store, prompt: Prompt) => Promise.all(prompt.images.map(({ key }) => store.read(key)));
