import { basename, dirname } from 'node:path';
import { keepHeapSmall } from '../base/keep-heap-small.ts';
import { createResponseNumbering, RecordedResponse } from '../datasets/recorded-response.ts';
import { type ActiveReward, scoreTrajectory } from '../rewards/index.ts';
import { loadRewards } from '../rewards/load-rewards.ts';
import { RunConfig } from '../schema/config/run-config.ts';
import { createLocalStore } from '../store/local-store.ts';
import { openRecordWriter, type RecordWriter } from '../store/record-writer.ts';
import { streamRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import {
  createModelTally,
  DISAGREEMENTS_HEADER,
  isDisagreement,
  type JudgedResponse,
  type ModelResult,
  renderDisagreement,
} from './agreement.ts';
import { importPrompts } from './import-prompts.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/** What scoring gave, besides the files it wrote. */
export interface ScoredResponses {
  /** Per model in the order of appearance, and of all together last. */
  models: ModelResult[];
  /** Responses on which we and the benchmark differ; undefined where none came with a verdict. */
  disagreements?: number;
}

/**
 * Scores recorded responses as the pipeline scores its own trajectories, with the default weights. They stream from file to
 * file, in whatever order they come; memory holds the prompts' ids.
 */
export async function scoreResponses(options: {
  prompts: string;
  responses: string;
  out: string;
}): Promise<ScoredResponses> {
  keepHeapSmall();
  const store = createLocalStore(options.out);
  const prompts = await importPrompts(store, options.out, options.prompts);
  const outputs = openOutputs(store);
  const numbering = createResponseNumbering(prompts.find);
  const path = options.responses;
  try {
    for await (const response of streamRecords(createLocalStore(dirname(path)), basename(path), RecordedResponse)) {
      const trajectory = numbering.number(response);
      const prompt = prompts.read(prompts.find(trajectory.promptId));
      await outputs.add({ trajectory, score: await scoreTrajectory(prompt, trajectory, await outputs.rewards) });
    }
  } catch (error) {
    await outputs.abort();
    throw error;
  } finally {
    prompts.close();
  }
  return outputs.end();
}

function loadDefaultRewards(store: Store): Promise<ActiveReward[]> {
  const { rewards, sampling } = RunConfig.shape;
  return loadRewards(store, { rewards: rewards.parse(undefined), sampling: sampling.parse({}) });
}

/** The files that judged responses go to; that of disagreements only where a response came with a verdict. */
function openOutputs(store: Store) {
  const trajectories = openRecordWriter(store, RECORDED_FILES.trajectories);
  const scores = openRecordWriter(store, RECORDED_FILES.scores);
  let table: RecordWriter | undefined;
  let disagreements = 0;
  const tally = createModelTally();
  const opened = () => [trajectories, scores, ...(table ? [table] : [])];
  return {
    rewards: loadDefaultRewards(store),
    async add(judged: JudgedResponse): Promise<void> {
      tally.add(judged);
      await trajectories.write(`${JSON.stringify(judged.trajectory)}\n`);
      await scores.write(`${JSON.stringify(judged.score)}\n`);
      if (judged.trajectory.officialCorrect === undefined) return;
      if (table === undefined) {
        table = openRecordWriter(store, RECORDED_FILES.disagreements);
        await table.write(DISAGREEMENTS_HEADER);
      }
      if (!isDisagreement(judged)) return;
      disagreements += 1;
      await table.write(renderDisagreement(judged));
    },
    async end(): Promise<ScoredResponses> {
      for (const writer of opened()) await writer.end();
      return { models: tally.results(), ...(table && { disagreements }) };
    },
    async abort(): Promise<void> {
      for (const writer of opened()) await writer.abort();
    },
  };
}
