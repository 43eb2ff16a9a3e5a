import { basename, dirname, join } from 'node:path';
import { loadDataset } from '../datasets/load-dataset.ts';
import { RecordedResponse, toTrajectories } from '../datasets/recorded-response.ts';
import { scoreTrajectory } from '../rewards/index.ts';
import { loadRewards } from '../rewards/load-rewards.ts';
import { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import { createLocalStore } from '../store/local-store.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { isDisagreement, renderDisagreements, renderModelTable, tallyModels } from './agreement.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/**
 * Scores recorded responses as the pipeline scores its own trajectories, with the default weights; prints how each model
 * did and how far the verdicts recorded with the responses agree.
 */
export async function scoreResponses(options: { prompts: string; responses: string; out: string }): Promise<void> {
  const store = createLocalStore(options.out);
  const prompts = await importPrompts(store, options.prompts);
  const responses = await readResponses(options.responses);
  const promptOf = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
  const rewards = await loadRewards(store, {
    rewards: RunConfig.shape.rewards.parse(undefined),
    sampling: RunConfig.shape.sampling.parse({}),
  });
  const judged = await Promise.all(
    toTrajectories(prompts, responses).map(async (trajectory) => ({
      trajectory,
      score: await scoreTrajectory(promptOf.get(trajectory.promptId)!, trajectory, rewards),
    })),
  );

  await store.write(RECORDED_FILES.prompts, encodeRecords(prompts));
  await store.write(RECORDED_FILES.trajectories, encodeRecords(judged.map(({ trajectory }) => trajectory)));
  await store.write(RECORDED_FILES.scores, encodeRecords(judged.map(({ score }) => score)));
  console.log(renderModelTable(tallyModels(judged)));
  console.log(`\nscores: ${join(options.out, RECORDED_FILES.scores)}`);
  if (responses.every(({ officialCorrect }) => officialCorrect === undefined)) return;
  await store.write(RECORDED_FILES.disagreements, renderDisagreements(judged));
  const disagreements = judged.filter(isDisagreement).length;
  console.log(`${disagreements} disagreements: ${join(options.out, RECORDED_FILES.disagreements)}`);
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
