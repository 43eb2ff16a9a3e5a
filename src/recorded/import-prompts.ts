import { createTextTable } from '../base/text-table.ts';
import { keepPrompts } from '../datasets/keep-prompts.ts';
import type { PromptFile } from '../datasets/prompt-file.ts';
import type { Store } from '../store/store.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/**
 * Reads and checks a dataset, copies its images by content, and keeps its prompts in a file of the folder.
 * Throws `InvalidInputError` with the first fault and the number of all.
 */
export function importPrompts(store: Store, folder: string, path: string): Promise<PromptFile> {
  const copied = createTextTable();
  return keepPrompts({ store, folder, key: RECORDED_FILES.prompts }, path, async ({ prompt }, images) => {
    for (const [index, { key }] of prompt.images.entries()) {
      if (copied.find(key) === -1) await store.write(key, images[index]);
      copied.add(key);
    }
  });
}
