import { keepPrompts } from '../datasets/keep-prompts.ts';
import { Prompt } from '../schema/prompt.ts';
import { readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { EVALUATION_FILES } from './evaluation-files.ts';

/**
 * Reads and checks the dataset at a path, and keeps its prompts and their images in the folder of an evaluation. Throws
 * `InvalidInputError` with the first fault and the number of all.
 *
 * @param limit only the first prompts are asked
 */
export async function keepEvaluationPrompts(
  store: Store,
  folder: string,
  path: string,
  limit?: number,
): Promise<Prompt[]> {
  const key = EVALUATION_FILES.prompts;
  const kept = await keepPrompts({ store, folder, key }, path, async ({ prompt }, images) => {
    for (const [index, { key }] of prompt.images.entries()) {
      if (!(await store.exists(key))) await store.write(key, images[index]);
    }
  });
  kept.close();
  return (await readRecords(store, key, Prompt)).slice(0, limit);
}
