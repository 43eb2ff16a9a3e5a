import { RecordedTrajectory } from '../datasets/recorded-response.ts';
import { consult } from '../experts/consult.ts';
import { loadExpert } from '../experts/index.ts';
import type { PromptExample } from '../formats/format.ts';
import { DEFAULT_DEMANDS } from '../rewards/index.ts';
import { Prompt } from '../schema/prompt.ts';
import { countWithoutExample, Route, type WithoutExample } from '../schema/route.ts';
import { countSources, type SftIndexEntry, type SourceCounts } from '../schema/sft-example.ts';
import { TrajectoryScore } from '../schema/trajectory.ts';
import { packShards } from '../stages/publish/pack-shards.ts';
import { type Selection, selectExamples } from '../stages/publish/select-examples.ts';
import { createLocalStore } from '../store/local-store.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/** Folders, and how shards are made of what is in them. */
export interface PublishOptions extends Omit<Selection, 'runId'> {
  scores: string;
  /** That of the scores when absent. */
  routes?: string;
  out: string;
  examplesPerShard: number;
}

/** How many examples there are, and of how many prompts there is none where it takes one. */
export interface PublishedExamples extends SourceCounts {
  /** Absent where each has one. */
  withoutExample?: WithoutExample;
}

/** Writes the SFT examples that recorded responses give, and those of prompts with a worked solution nobody found. */
export async function publishRecorded(options: PublishOptions): Promise<PublishedExamples> {
  const source = createLocalStore(options.scores);
  const target = createLocalStore(options.out);
  const routes = await readRecords(createLocalStore(options.routes ?? options.scores), RECORDED_FILES.routes, Route);
  const { examples, withoutExample } = await selectRecorded(source, routes, { ...options, runId: 'recorded' });
  const index: SftIndexEntry[] = [];
  for await (const shard of packShards(source, examples, options)) {
    await target.write(shard.name, shard.bytes);
    index.push(...shard.index);
  }
  await target.write(RECORDED_FILES.shardIndex, encodeRecords(index));
  const isWhole = Object.values(withoutExample).every((count) => count === 0);
  return { ...countSources(index), ...(!isWhole && { withoutExample }) };
}

interface Selected {
  examples: PromptExample[];
  withoutExample: WithoutExample;
}

async function selectRecorded(store: Store, routes: Route[], selection: Selection): Promise<Selected> {
  const prompts = await readRecords(store, RECORDED_FILES.prompts, Prompt);
  const trajectories = await readRecords(store, RECORDED_FILES.trajectories, RecordedTrajectory);
  const scores = await readRecords(store, RECORDED_FILES.scores, TrajectoryScore);
  const lacking = new Set(routes.filter(({ kind }) => kind === 'expert').map(({ promptId }) => promptId));
  const expert = loadExpert(store, { name: 'worked-solution', options: {} });
  const answers = await consult(
    expert,
    prompts.filter(({ promptId }) => lacking.has(promptId)),
    DEFAULT_DEMANDS,
  );
  const examples = selectExamples(selection, { routes, prompts, trajectories, scores, answers });
  return { examples, withoutExample: countWithoutExample(routes, answers) };
}
