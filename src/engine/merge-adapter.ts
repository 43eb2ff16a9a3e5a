import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InvalidInputError } from '../schema/errors.ts';
import { openAdapter } from './adapters/load-adapter.ts';
import { type LayerTensor, mergeWeightFile } from './adapters/merge-weights.ts';
import { findArchitecture } from './models/registry.ts';
import { loadBackend } from './runtime/backend.ts';
import { folderModelFiles, type ModelFile, type ModelFiles } from './weights/model-files.ts';
import { readModelSettings, SETTINGS_FILES } from './weights/model-settings.ts';
import { indexName, openWeightFiles } from './weights/weight-files.ts';

/** A file of the merged folder, some bytes at a time. */
type MergedFile = [fileName: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>];

export interface MergedFolder {
  /** Layers whose weights are others than the model's. */
  layers: number;
  weightFiles: string[];
}

/**
 * Writes a whole checkpoint in which an adapter is part of the weights, in the files and the type that the model's are stored in.
 * No more than a layer's update and some rows of its weights are held. `config.json` comes last: a folder that has it is whole.
 *
 * @throws InvalidInputError the folder to write has files already
 * @throws UnsupportedModelError an adapter of another model, or of a kind that is not computed
 */
export async function mergeFolders(model: string, adapter: string, out: string): Promise<MergedFolder> {
  loadBackend();
  const files = folderModelFiles(model);
  const plan = await planMerge(files, folderModelFiles(adapter));
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0) throw new InvalidInputError(`${out} has files already; give an empty folder`);
  for await (const [name, bytes] of mergedFiles(files, plan)) {
    await pipeline(bytes, createWriteStream(join(out, name)));
  }
  return { layers: plan.adapter.scales.size, weightFiles: [...plan.weightFiles.values()].map(({ name }) => name) };
}

type MergePlan = Awaited<ReturnType<typeof planMerge>>;

/** Which tensor of which file becomes another; no values are read. */
async function planMerge(files: ModelFiles, adapterFiles: ModelFiles) {
  const settings = await readModelSettings(files.read);
  const json = settings.requireJson('config.json');
  const architecture = findArchitecture(json);
  const stored = await openWeightFiles(files);
  const weights = architecture.selectWeights(architecture.parseConfig(json), stored);
  const weightShapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  const adapter = await openAdapter(adapterFiles, { architecture, weightShapes });
  const tensors = [...adapter.scales.keys()].map(
    (layer): LayerTensor => ({ layer, tensor: weights.get(`${layer}.weight`)! }),
  );
  const weightFiles = new Map([...stored.values()].map(({ file }): [string, ModelFile] => [file.name, file]));
  return { adapter, tensors, weightFiles };
}

async function* mergedFiles(
  { read }: ModelFiles,
  { adapter, tensors, weightFiles }: MergePlan,
): AsyncGenerator<MergedFile> {
  for (const [name, file] of weightFiles) {
    yield [
      name,
      mergeWeightFile(
        file,
        tensors.filter(({ tensor }) => tensor.file.name === name),
        adapter,
      ),
    ];
  }
  const copied = [indexName('model'), ...SETTINGS_FILES.filter((name) => name !== 'config.json'), 'config.json'];
  for (const name of copied) {
    const bytes = await read(name);
    if (bytes) yield [name, [bytes]];
  }
}
