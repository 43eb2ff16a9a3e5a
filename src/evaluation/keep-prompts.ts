import { keepPrompts } from '../datasets/keep-prompts.ts';
import type { PromptSource } from '../schema/config/prompt-source.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { Prompt } from '../schema/prompt.ts';
import { materializePrompts } from '../stages/validate/materialize-prompts.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { EVALUATION_FILES, hasAnswers } from './evaluation-files.ts';

/**
 * Reads and checks the dataset at a path, and keeps its prompts and their images in the folder of an evaluation. Throws
 * `InvalidInputError` with the first fault and the number of all, and where the folder has answers to other prompts.
 */
export async function keepEvaluationPrompts(store: Store, folder: string, path: string): Promise<Prompt[]> {
  const key = EVALUATION_FILES.readPrompts;
  const kept = await keepPrompts({ store, folder, key }, path, async ({ prompt }, images) => {
    for (const [index, { key }] of prompt.images.entries()) {
      if (!(await store.exists(key))) await store.write(key, images[index]);
    }
  });
  kept.close();
  return adoptReadPrompts(store, `those of ${path}`);
}

/**
 * Draws the prompts that a benchmark brings, and keeps them as `keepEvaluationPrompts` does. Throws `InvalidInputError` where the
 * folder has answers to other prompts.
 */
export async function keepBroughtPrompts(store: Store, benchmark: string, source: PromptSource): Promise<Prompt[]> {
  const { prompts } = await materializePrompts(store, benchmark, source);
  await store.write(EVALUATION_FILES.readPrompts, encodeRecords(prompts.map(({ prompt }) => prompt)));
  return adoptReadPrompts(store, `${benchmark}'s own`);
}

async function adoptReadPrompts(store: Store, whose: string): Promise<Prompt[]> {
  const { prompts, readPrompts: key } = EVALUATION_FILES;
  try {
    if ((await hasAnswers(store)) && !(await store.read(key)).equals(await store.read(prompts))) {
      throw new InvalidInputError(
        `--out holds answers to other prompts than ${whose}; name another folder, or the same data`,
      );
    }
    await store.copy(key, prompts);
  } finally {
    await store.delete(key);
  }
  return readRecords(store, prompts, Prompt);
}
