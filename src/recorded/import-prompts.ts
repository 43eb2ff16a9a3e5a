import { join } from 'node:path';
import { createTextTable } from '../base/text-table.ts';
import type { Fault } from '../datasets/check-prompts.ts';
import { QWEN_CONTROL_TOKENS } from '../datasets/control-tokens.ts';
import { streamDataset } from '../datasets/load-dataset.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { openRecordWriter } from '../store/record-writer.ts';
import type { Store } from '../store/store.ts';
import { createPromptFile, type PromptFile } from './prompt-file.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/**
 * Reads and checks a dataset, copies its images by content, and keeps its prompts in a file of the folder.
 * Throws `InvalidInputError` with the first fault and the number of all.
 */
export async function importPrompts(store: Store, folder: string, path: string): Promise<PromptFile> {
  const prompts = createPromptFile(join(folder, RECORDED_FILES.prompts));
  const copied = createTextTable();
  const writer = openRecordWriter(store, RECORDED_FILES.prompts);
  let first: Fault | undefined;
  let faults = 0;
  try {
    for await (const { placed, images, faults: own } of streamDataset(path, { controlTokens: QWEN_CONTROL_TOKENS })) {
      first ??= own[0];
      faults += own.length;
      if (placed === undefined) continue;
      const { prompt } = placed;
      for (const [index, { key }] of prompt.images.entries()) {
        if (copied.find(key) === -1) await store.write(key, images[index]);
        copied.add(key);
      }
      if (prompts.add(prompt.promptId, writer.bytes)) await writer.write(`${JSON.stringify(prompt)}\n`);
    }
    if (first) {
      throw new InvalidInputError(
        `${faults} faults, the first at ${first.place}: ${first.message}\nrise data check ${path} lists them all`,
      );
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.end();
  return prompts;
}
