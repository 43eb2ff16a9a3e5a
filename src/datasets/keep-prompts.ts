import { join } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import { openRecordWriter } from '../store/record-writer.ts';
import type { Store } from '../store/store.ts';
import type { Fault, PlacedPrompt } from './check-prompts.ts';
import { QWEN_CONTROL_TOKENS } from './control-tokens.ts';
import { streamDataset } from './load-dataset.ts';
import { createPromptFile, type PromptFile } from './prompt-file.ts';

/** Where prompts are kept: a store in a folder, and the key of their file in it. */
export interface PromptPlace {
  store: Store;
  folder: string;
  key: string;
}

/**
 * Reads and checks the dataset at a path and keeps its prompts in a file; `onPrompt` gets each with its image files, which
 * memory does not hold. Throws `InvalidInputError` with the first fault and the number of all.
 */
export async function keepPrompts(
  { store, folder, key }: PromptPlace,
  path: string,
  onPrompt: (placed: PlacedPrompt, images: Buffer[]) => Promise<void>,
): Promise<PromptFile> {
  const prompts = createPromptFile(join(folder, key));
  const writer = openRecordWriter(store, key);
  let first: Fault | undefined;
  let faults = 0;
  try {
    for await (const { placed, images, faults: own } of streamDataset(path, { controlTokens: QWEN_CONTROL_TOKENS })) {
      first ??= own[0];
      faults += own.length;
      if (placed === undefined) continue;
      await onPrompt(placed, images);
      const { prompt } = placed;
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
