import { basename, dirname, resolve } from 'node:path';
import { fileOptionsOf, folderOptionsOf } from '../experts/index.ts';
import type { ExpertConfig } from '../schema/config/expert.ts';
import { datasetPrefix, expertModuleKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import { copyContent, describeContent } from './content-folder.ts';
import { storeModel } from './store-model.ts';
import { storeModule } from './store-rewards.ts';

/**
 * Puts an expert of the user's own, and the files and folders that an expert's options name, on the store by content, and keys
 * into the config in place of paths, which start at `configFolder`. Throws `InvalidInputError` on a path that is none.
 */
export async function storeExpert(store: Store, expert: ExpertConfig, configFolder: string): Promise<ExpertConfig> {
  const options = { ...expert.options };
  for (const option of fileOptionsOf(expert)) {
    const given = options[option];
    // What is no path the expert itself refuses.
    if (typeof given === 'string') options[option] = await storeFile(store, resolve(configFolder, given));
  }
  for (const [option, marker] of Object.entries(folderOptionsOf(expert))) {
    const given = options[option];
    if (typeof given !== 'string') continue;
    options[option] = await storeModel(store, `expert.options.${option}`, resolve(configFolder, given), marker);
  }
  if (expert.module === undefined) return { ...expert, options };
  const module = { field: 'expert.module', keyOf: expertModuleKey };
  return { ...expert, module: await storeModule(store, resolve(configFolder, expert.module), module), options };
}

async function storeFile(store: Store, path: string): Promise<string> {
  const content = await describeContent(dirname(path), [basename(path)]);
  const prefix = datasetPrefix(content.contentHash);
  await copyContent(store, content, prefix);
  return prefix + basename(path);
}
