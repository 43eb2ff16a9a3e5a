import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import {
  folderModelFiles,
  heldModelFiles,
  type ModelFiles,
  type ReadModelFile,
} from '../../src/engine/weights/model-files.ts';

const tiny = folderModelFiles(join(packageRoot, 'models/rise-tiny'));

/** Files by name: text and bytes as they are, other values as JSON, `null` for none. */
export type ReplacedFiles = Record<string, unknown>;

/** models/rise-tiny with some files replaced. */
export function tinyCheckpointWith(files: ReplacedFiles): ReadModelFile {
  return async (name) => {
    if (!(name in files)) return tiny.read(name);
    const content = files[name];
    if (content === null || content === undefined) return undefined;
    if (content instanceof Uint8Array) return content;
    return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  };
}

/** `tinyCheckpointWith`, with weights that can be opened. */
export function tinyFilesWith(files: ReplacedFiles): ModelFiles {
  const read = tinyCheckpointWith(files);
  return {
    read,
    async open(name) {
      if (!(name in files)) return tiny.open(name);
      const bytes = await read(name);
      return bytes && heldModelFiles([[name, bytes]]).open(name);
    },
  };
}

/** A JSON file of models/rise-tiny with fields replaced. */
export async function tinyJson(name: string, changes: object): Promise<object> {
  const json = JSON.parse(Buffer.from((await tiny.read(name))!).toString()) as object;
  return { ...json, ...changes };
}
