import { InvalidInputError } from '../../schema/errors.ts';
import { bedrock } from './bedrock.ts';
import { BENCHMARK_FILES } from './benchmarks.ts';
import type { ForeignRow } from './foreign-row.ts';
import type { Importer } from './importer.ts';
import { jsonl, parquet } from './plain.ts';
import { sharegpt } from './sharegpt.ts';
import type { Container } from './source-rows.ts';
import { trl } from './trl.ts';
import { verl } from './verl.ts';
import { vlmevalkit } from './vlmevalkit.ts';

/** Every format that is converted. */
export const IMPORTERS: readonly Importer[] = [
  jsonl,
  parquet,
  sharegpt,
  verl,
  bedrock,
  trl,
  vlmevalkit,
  ...BENCHMARK_FILES,
];

/** The format of a name. Throws `InvalidInputError` for one there is none of. */
export function findImporter(name: string): Importer {
  const found = IMPORTERS.find((importer) => importer.name === name);
  if (found) return found;
  const names = IMPORTERS.map((importer) => importer.name).join(', ');
  throw new InvalidInputError(`There is no format ${JSON.stringify(name)}; give one of ${names}`);
}

/** A format, and what it was told by. */
export interface Guess {
  importer: Importer;
  sign: string;
}

/** The format that a file seems to have, by its first row, or else by what its rows lie in. */
export function guessImporter(container: Container, first: ForeignRow): Guess {
  if (container === 'TSV') return { importer: vlmevalkit, sign: 'a table with tabs' };
  for (const importer of [verl, sharegpt, bedrock, trl]) {
    const column = importer.findSign(first);
    if (column !== undefined) return { importer, sign: `its first row has ${column}` };
  }
  const importer = container === 'Parquet' ? parquet : jsonl;
  return { importer, sign: 'its rows are questions with their answers' };
}
