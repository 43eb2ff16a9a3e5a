import type { CheckedModel } from '../../datasets/check-dataset.ts';
import { QWEN_CONTROL_TOKENS, readControlTokens } from '../../datasets/control-tokens.ts';
import { architectures, findArchitecture } from '../../engine/models/registry.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { createLocalStore } from '../../store/local-store.ts';

/** The model of a checkpoint folder, or that of the Qwen family where none is named. Throws `InvalidInputError`. */
export async function readCheckedModel(folder: string | undefined): Promise<CheckedModel> {
  if (folder === undefined) return { ...architectures[0], controlTokens: QWEN_CONTROL_TOKENS };
  const store = createLocalStore(folder);
  const config = await readObject(store, folder, 'config.json');
  await readObject(store, folder, 'tokenizer.json');
  return { ...findArchitecture(config), controlTokens: await readControlTokens(store, '') };
}

async function readObject(store: ReturnType<typeof createLocalStore>, folder: string, name: string) {
  try {
    return JSON.parse((await store.read(name)).toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new InvalidInputError(`--model ${folder} has no ${name} that can be read; give a checkpoint folder`, {
      cause,
    });
  }
}
