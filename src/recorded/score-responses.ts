import { basename, dirname } from 'node:path';
import { loadDataset } from '../datasets/load-dataset.ts';
import { RecordedResponse, type RecordedTrajectory, toTrajectories } from '../datasets/recorded-response.ts';
import { scoreTrajectory } from '../rewards/index.ts';
import { loadRewards } from '../rewards/load-rewards.ts';
import { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import { createLocalStore } from '../store/local-store.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import {
  isDisagreement,
  type JudgedResponse,
  type ModelResult,
  renderDisagreements,
  tallyModels,
} from './agreement.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/** What scoring gave, besides the files it wrote. */
export interface ScoredResponses {
  /** Per model in the order of appearance, and of all together last. */
  models: ModelResult[];
  /** Responses on which we and the benchmark differ; undefined where none came with a verdict. */
  disagreements?: number;
}

/** Scores recorded responses as the pipeline scores its own trajectories, with the default weights. */
export async function scoreResponses(options: {
  prompts: string;
  responses: string;
  out: string;
}): Promise<ScoredResponses> {
  const store = createLocalStore(options.out);
  const prompts = await importPrompts(store, options.prompts);
  const responses = await readResponses(options.responses);
  const judged = await judge(store, prompts, toTrajectories(prompts, responses));
  await store.write(RECORDED_FILES.prompts, encodeRecords(prompts));
  await store.write(RECORDED_FILES.trajectories, encodeRecords(judged.map(({ trajectory }) => trajectory)));
  await store.write(RECORDED_FILES.scores, encodeRecords(judged.map(({ score }) => score)));
  const models = tallyModels(judged);
  if (responses.every(({ officialCorrect }) => officialCorrect === undefined)) return { models };
  await store.write(RECORDED_FILES.disagreements, renderDisagreements(judged));
  return { models, disagreements: judged.filter(isDisagreement).length };
}

async function judge(
  store: Store,
  prompts: readonly Prompt[],
  trajectories: readonly RecordedTrajectory[],
): Promise<JudgedResponse[]> {
  const promptOf = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
  const { rewards, sampling } = RunConfig.shape;
  const active = await loadRewards(store, { rewards: rewards.parse(undefined), sampling: sampling.parse({}) });
  return Promise.all(
    trajectories.map(async (trajectory) => ({
      trajectory,
      score: await scoreTrajectory(promptOf.get(trajectory.promptId)!, trajectory, active),
    })),
  );
}

/** Reads and checks the dataset, and copies its images by content. */
async function importPrompts(store: Store, path: string): Promise<Prompt[]> {
  const { prompts, faults } = await loadDataset(path, async ({ images }, files) => {
    await Promise.all(files.map((bytes, index) => store.write(images[index].key, bytes)));
  });
  if (faults.length === 0) return prompts.map(({ prompt }) => prompt);
  const [{ place, message }] = faults;
  throw new InvalidInputError(
    `${faults.length} faults, the first at ${place}: ${message}\nrise data check ${path} lists them all`,
  );
}

async function readResponses(path: string): Promise<RecordedResponse[]> {
  return readRecords(createLocalStore(dirname(path)), basename(path), RecordedResponse);
}
