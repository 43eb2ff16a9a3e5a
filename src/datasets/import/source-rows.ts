import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { InvalidInputError } from '../../schema/errors.ts';
import type { ReadRow } from './foreign-row.ts';
import { readJsonRows } from './json-rows.ts';
import { readParquetRows } from './parquet-rows.ts';
import { readTableRows } from './table-rows.ts';

/** What rows lie in. */
export type Container = 'JSON' | 'Parquet' | 'TSV';

/** The files that are converted: one, or all of a folder, in the order of their names. */
export interface SourceFiles {
  /** What they are called together: the name of the file or folder, without its extension. */
  name: string;
  /** Where image paths begin. */
  folder: string;
  files: string[];
  container: Container;
}

/** A row and its file. */
export type PlacedRow = ReadRow & { file: string };

const EXTENSIONS: Record<string, Container> = {
  ...{ '.jsonl': 'JSON', '.json': 'JSON', '.ndjson': 'JSON', '.parquet': 'Parquet', '.tsv': 'TSV' },
};
/** What describes rows, and lies beside them: LLaMA-Factory's, `datasets`', our own exports'. */
const BESIDE = new Set([
  'dataset_info.json',
  'dataset_infos.json',
  'dataset_dict.json',
  'state.json',
  'provenance.jsonl',
]);
const KNOWN = Object.keys(EXTENSIONS).join(', ');

const READERS: Record<Container, (file: string) => AsyncGenerator<ReadRow>> = {
  JSON: readJsonRows,
  Parquet: readParquetRows,
  TSV: readTableRows,
};

/**
 * The files that a command line names. Throws `InvalidInputError` where there is none that can be read, where a folder holds
 * files of several kinds or several splits, and where a file is not what its name says.
 */
export async function locateSource(path: string): Promise<SourceFiles> {
  const entry = await stat(path).catch((cause) => {
    throw new InvalidInputError(`${path} cannot be read (${cause.code}); give a file (${KNOWN}) or a folder of such`, {
      cause,
    });
  });
  const files = entry.isDirectory() ? await listFiles(path) : [path];
  const container = EXTENSIONS[extname(files[0]).toLowerCase()];
  if (container === undefined) {
    throw new InvalidInputError(`${path} is no file that is known by its name; give one that ends in ${KNOWN}`);
  }
  for (const file of files) await checkStart(file, container);
  const name = basename(resolve(path), entry.isDirectory() ? '' : extname(path));
  return { name, folder: entry.isDirectory() ? path : dirname(path), files, container };
}

async function listFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder))
    .filter((name) => Object.hasOwn(EXTENSIONS, extname(name).toLowerCase()) && !BESIDE.has(name))
    .sort();
  const kinds = new Set(names.map((name) => EXTENSIONS[extname(name).toLowerCase()]));
  const splits = new Set(names.map(splitOf));
  if (names.length === 0) throw new InvalidInputError(`${folder} has no file that ends in ${KNOWN}; name the file`);
  if (kinds.size > 1 || splits.size > 1) {
    throw new InvalidInputError(
      `${folder} has several data sets (${names.join(', ')}); name one file, or give each a folder of its own`,
    );
  }
  return names.map((name) => join(folder, name));
}

/** `train` of `train-00000-of-00003.parquet`: files of one name are parts of one data set. */
const splitOf = (name: string) => basename(name, extname(name)).replace(/[-_.]?\d+(?:-of-\d+)?$/, '');

/** Throws where a Parquet file is none, or another file is one. */
async function checkStart(path: string, container: Container): Promise<void> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close());
  const isParquet = buffer.toString('latin1') === 'PAR1';
  if (isParquet === (container === 'Parquet')) return;
  throw new InvalidInputError(
    isParquet
      ? `${path} is Parquet; let its name end in .parquet`
      : `${path} is no Parquet file, or not whole; download it again`,
  );
}

/** All rows, one at a time. Throws `InvalidInputError` where a file cannot be read on. */
export async function* streamRows({ files, container }: SourceFiles): AsyncGenerator<PlacedRow> {
  for (const file of files) for await (const read of READERS[container](file)) yield { ...read, file };
}
