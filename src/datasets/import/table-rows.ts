import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { InvalidInputError } from '../../schema/errors.ts';
import { freeBuffers } from '../../store/free-buffers.ts';
import { type ForeignRow, MAX_ROW_BYTES, type ReadRow } from './foreign-row.ts';

/** What pandas reads as no value at all. */
const NOT_AVAILABLE = new Set([
  ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>', 'N/A', 'NA'],
  ...['NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
]);

const DIALECT = { delimiter: '\t', bom: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true };

/**
 * The rows of a table with tabs between its columns, as pandas reads it: names in the first line, quotes that hold tabs and
 * line breaks, the same texts for no value, too few fields filled up, too many a fault.
 */
export async function* readTableRows(path: string): AsyncGenerator<ReadRow> {
  const rows = parse({ ...DIALECT, max_record_size: MAX_ROW_BYTES });
  // Whoever reads the rows hears of an error.
  pipeline(freeBuffers(createReadStream(path, { highWaterMark: 2 ** 20 })), rows, () => {});
  let names: string[] | undefined;
  let number = 0;
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      if (names === undefined) names = readNames(path, cells);
      else yield toRow(names, cells, ++number);
    }
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError(
      `${path} cannot be read behind row ${number} (${(cause as Error).message}); close its quotes, as pandas writes them`,
      { cause },
    );
  }
}

function readNames(path: string, cells: readonly string[]): string[] {
  const names = cells.map((cell, index) => cell || `Unnamed: ${index}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined && names.length > 1) return names;
  const fault = twice === undefined ? 'has one column' : `has the column ${twice} twice`;
  throw new InvalidInputError(`${path} ${fault}; its first line must name the columns, with tabs between them`);
}

function toRow(names: readonly string[], cells: readonly string[], number: number): ReadRow {
  if (cells.length > names.length) {
    return {
      number,
      fault: `has ${cells.length} fields for ${names.length} columns; put quotes around text with tabs`,
    };
  }
  const named = cells.flatMap((cell, index) => (NOT_AVAILABLE.has(cell) ? [] : [[names[index], cell]]));
  return { number, row: Object.fromEntries(named) as ForeignRow };
}
