import { readList } from '../../base/list-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { FIELD_NAMES, imageFieldsOf, isEmpty } from '../field-names.ts';
import type { ForeignRow } from './foreign-row.ts';
import { isPicture, readImages } from './image-source.ts';
import type { ImportedRow, Importer } from './importer.ts';

const aPlain = (name: string): Importer => ({
  name,
  findSign: () => undefined,
  read: (row) => readPlain(row),
});

/** Rows that are questions with their answers, by our names or those of published data sets (docs/data.md). */
export const jsonl = aPlain('jsonl');

/** The same in Parquet, images embedded as `{bytes, path}`. */
export const parquet = aPlain('parquet');

/** A row by its own names: images taken out, options given as a text made a list. */
export function readPlain(row: ForeignRow): ImportedRow {
  const columns = findImages(row);
  const images = columns.flatMap((column) => readImages(row[column], column));
  const others = imageFieldsOf(row).filter((name) => !columns.includes(name));
  const fields = withoutColumns(row, [...columns, ...others]);
  for (const name of FIELD_NAMES.options) {
    if (typeof fields[name] === 'string') fields[name] = readList(fields[name]) ?? fields[name];
  }
  return { fields, images, unread: others };
}

/**
 * The columns that images are read from: one with the pictures themselves before one with their paths, wherever both are.
 * Throws where two that would be read differ.
 */
function findImages(row: ForeignRow): string[] {
  const named = imageFieldsOf(row);
  const isNumbered = named.some((name) => /\d$/.test(name));
  if (isNumbered) return named;
  const picture = named.find((name) => isPicture(row[name])) ?? Object.keys(row).find((name) => isEmbedded(row[name]));
  if (picture !== undefined) return [picture];
  const [first, ...others] = named;
  const other = others.find((name) => JSON.stringify([row[name]].flat()) !== JSON.stringify([row[first]].flat()));
  if (other !== undefined) {
    throw new InvalidInputError(`${first} and ${other} name different images; keep the column that is meant`);
  }
  return first === undefined ? [] : [first];
}

/** Long texts under any other name are no pictures. */
const isEmbedded = (value: unknown) => [value].flat().some((one) => typeof one === 'object' && isPicture(one));

/** A row without these columns, and without those that hold nothing. */
export const withoutColumns = (row: ForeignRow, columns: readonly string[]): ForeignRow =>
  Object.fromEntries(Object.entries(row).filter(([name, value]) => !columns.includes(name) && !isEmpty(value)));
