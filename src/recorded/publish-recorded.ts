import { join } from 'node:path';
import { RecordedTrajectory } from '../datasets/recorded-response.ts';
import { findExpertProvider } from '../experts/expert-provider.ts';
import { verifyAnswer } from '../experts/verify-answer.ts';
import { Prompt } from '../schema/prompt.ts';
import { Route } from '../schema/route.ts';
import { TrajectoryScore } from '../schema/trajectory.ts';
import { packShards } from '../stages/publish/pack-shards.ts';
import { type PromptExample, selectExpert, selectSelfDistilled } from '../stages/publish/select-examples.ts';
import { createLocalStore } from '../store/local-store.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import { RECORDED_FILES } from './recorded-files.ts';

interface PublishOptions {
  scores: string;
  routes?: string;
  out: string;
  maxKept: number;
  examplesPerShard: number;
  seed: number;
}

/** Writes the SFT examples that recorded responses give, and those of prompts with a worked solution nobody found. */
export async function publishRecorded(options: PublishOptions): Promise<void> {
  const source = createLocalStore(options.scores);
  const target = createLocalStore(options.out);
  const routes = await readRecords(createLocalStore(options.routes ?? options.scores), RECORDED_FILES.routes, Route);
  const examples = await selectExamples(options, routes);
  const index: object[] = [];
  for await (const shard of packShards(source, examples, options)) {
    await target.write(shard.name, shard.bytes);
    index.push(...shard.index);
  }
  await target.write(RECORDED_FILES.shardIndex, encodeRecords(index));
  for (const kind of ['self-distill', 'expert']) {
    console.log(`${kind.padEnd(12)} ${examples.filter(({ example }) => example.source === kind).length} examples`);
  }
  console.log(`\nindex: ${join(options.out, RECORDED_FILES.shardIndex)}`);
}

async function selectExamples(
  { scores: folder, seed, maxKept }: PublishOptions,
  routes: Route[],
): Promise<PromptExample[]> {
  const source = createLocalStore(folder);
  const promptList = await readRecords(source, RECORDED_FILES.prompts, Prompt);
  const trajectoryList = await readRecords(source, RECORDED_FILES.trajectories, RecordedTrajectory);
  const scoreList = await readRecords(source, RECORDED_FILES.scores, TrajectoryScore);
  const prompts = new Map(promptList.map((prompt) => [prompt.promptId, prompt]));
  const trajectories = Map.groupBy(trajectoryList, ({ promptId }) => promptId);
  const scores = Map.groupBy(scoreList, ({ promptId }) => promptId);
  const run = { runId: 'recorded', seed };
  const expert = findExpertProvider('worked-solution');

  const examples: PromptExample[] = [];
  for (const route of routes) {
    const prompt = prompts.get(route.promptId)!;
    if (route.kind === 'self-distill') {
      const group = trajectories.get(route.promptId) ?? [];
      const kept = selectSelfDistilled(run, route, group, scores.get(route.promptId) ?? [], maxKept);
      examples.push(...kept.map((example) => ({ prompt, example })));
    }
    if (route.kind === 'expert') {
      const response = await expert.answer(prompt);
      const answer = response === undefined ? undefined : verifyAnswer(prompt, expert.name, response);
      examples.push(...selectExpert(run.runId, route, answer).map((example) => ({ prompt, example })));
    }
  }
  return examples;
}
