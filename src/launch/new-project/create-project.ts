import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { CheckedModel } from '../../datasets/check-dataset.ts';
import { type ConvertSummary, convertDataset } from '../../datasets/import/convert-dataset.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { countParameters, sum } from '../../sizing/model-shape.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { readPlannedModel } from '../planned-model.ts';
import { type Trained, writeProjectConfig } from './project-config.ts';
import { writeSampleDataset } from './sample-dataset.ts';
import { type DatasetSplits, splitDataset } from './split-dataset.ts';

/** What somebody wants to train, on what. */
export interface ProjectChoices {
  /** Folder to make: a new or an empty one. */
  folder: string;
  /** Checkpoint folder. */
  model: string;
  /** A file or folder of rows, as `rise convert` reads them; a sample of charts when absent. */
  data?: string;
  trained: Trained;
}

export interface CreatedProject {
  folder: string;
  config: string;
  rows: DatasetSplits;
  /** Of rows of one's own: what was left out of them. */
  conversion?: Pick<ConvertSummary, 'rows' | 'faultCount' | 'faults'>;
}

type OnGuess = (format: string, sign: string) => void;

const TINY_PARAMETERS = 10e6;

/**
 * Makes a folder with a run config and a dataset, whole or not at all. Throws `InvalidInputError` where the folder has files, the
 * model is none, or no row of the data can be read.
 *
 * @param checked the model, whose control tokens no row may hold
 * @param onGuess told in which format the rows are read
 */
export async function createProject(
  { folder, model, data, trained }: ProjectChoices,
  checked: CheckedModel,
  onGuess: OnGuess,
): Promise<CreatedProject> {
  await requireEmpty(folder);
  const { shape } = await readPlannedModel(resolve(model), '.');
  const parent = dirname(resolve(folder));
  await mkdir(parent, { recursive: true });
  const staging = await mkdtemp(join(parent, '.rise-init-'));
  try {
    const { rows, conversion } = await writeData(join(staging, 'data'), data, checked, onGuess);
    const text = writeProjectConfig({
      name: nameOf(folder),
      model: pathFrom(resolve(folder), resolve(model)),
      isTiny: sum(Object.values(countParameters(shape))) < TINY_PARAMETERS,
      trained,
      rows,
    });
    await writeFile(join(staging, 'run.yaml'), text);
    await rename(staging, resolve(folder));
    return { folder, config: join(folder, 'run.yaml'), rows, ...(conversion && { conversion }) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') throw new InvalidInputError(`${folder} is a file; name a new folder`, { cause });
    throw cause;
  });
  if (names.length === 0) return;
  throw new InvalidInputError(`${folder} has files already, which rise init leaves as they are; name a new folder`);
}

async function writeData(folder: string, source: string | undefined, model: CheckedModel, onGuess: OnGuess) {
  const store = createLocalStore(folder);
  if (source === undefined) return { rows: await writeSampleDataset(store) };
  const summary = await convertDataset({ source, out: folder, model }, { onGuess, onRow: () => {} });
  const { out, rows, faultCount, faults } = summary;
  if (out === undefined) {
    const [{ place, message } = { place: source, message: 'it has no rows' }] = faults;
    throw new InvalidInputError(`no row of ${source} can be read; the first, ${place}: ${message}`);
  }
  // Beside the others: one of theirs may have its name.
  const key = 'rows.converted';
  await rename(out, join(folder, key));
  const split = await splitDataset(store, key);
  await store.delete(key);
  return { rows: split, conversion: { rows, faultCount, faults } };
}

/** Relative where the folders are near each other, so that both may be moved; else absolute. */
function pathFrom(folder: string, path: string): string {
  const steps = relative(folder, path);
  return steps.startsWith('../../..') ? path : steps;
}

/** A name that a run may have, after the folder's. */
function nameOf(folder: string): string {
  const name = basename(resolve(folder))
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40);
  return name === '' ? 'my-run' : name;
}
