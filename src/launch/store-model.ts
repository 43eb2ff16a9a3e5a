import { readdir } from 'node:fs/promises';
import { InvalidInputError } from '../schema/errors.ts';
import { modelPrefix } from '../schema/keys.ts';
import { isModelFile } from '../store/model-files.ts';
import type { Store } from '../store/store.ts';
import { copyContent, describeContent } from './content-folder.ts';

/**
 * Puts the checkpoint or adapter of a folder on the store by its content, and gives its key. Throws `InvalidInputError` on a path
 * that is none.
 *
 * @param field of the config that names it, for messages
 * @param marker file without which it is none
 */
export async function storeModel(store: Store, field: string, folder: string, marker = 'config.json'): Promise<string> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw new InvalidInputError(`${field}: ${folder} is no folder; the path is relative to the config file`, { cause });
  });
  if (!names.includes(marker)) {
    const kind = marker === 'config.json' ? 'a checkpoint in Hugging Face layout' : "a LoRA adapter in PEFT's format";
    throw new InvalidInputError(`${field}: ${folder} has no ${marker}; give ${kind}`);
  }
  const content = await describeContent(folder, names.filter(isModelFile));
  const prefix = modelPrefix(content.contentHash);
  await copyContent(store, content, prefix);
  return prefix;
}
