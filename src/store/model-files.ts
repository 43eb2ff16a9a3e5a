import { extname } from 'node:path';
import { readIfPresent } from './presence.ts';
import type { Store } from './store.ts';
import { assertContentKept } from './stored-content.ts';

const MODEL_FILE_EXTENSIONS = ['.json', '.safetensors', '.jinja', '.txt'];

/** Whether a checkpoint folder holds this for the engine; notes and scripts beside it make no different model. */
export const isModelFile = (name: string) => MODEL_FILE_EXTENSIONS.includes(extname(name));

/**
 * A checkpoint's files in a folder of the store, as the engine takes them; `undefined` for one that is not there. Those of a
 * model that the run brought must be as it brought them: `CorruptRecordError` names one that is not.
 */
export function storedModelFiles(store: Store, prefix: string) {
  let check: Promise<void> | undefined;
  const assertKept = () => {
    check ??= assertContentKept(store, prefix);
    return check;
  };
  return {
    async read(name: string) {
      await assertKept();
      return readIfPresent(store, `${prefix}${name}`);
    },
    async open(name: string) {
      await assertKept();
      const key = `${prefix}${name}`;
      const bytes = await store.sizeOf(key);
      if (bytes === undefined) return undefined;
      const checked = store.checkRanges?.(key);
      if (checked) return { name, bytes, ...checked };
      const read = (start: number, end: number) => store.readStream(key, { start, end });
      return { name, bytes, path: store.pathOf?.(key), read };
    },
  };
}
