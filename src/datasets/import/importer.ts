import type { ForeignRow } from './foreign-row.ts';
import type { ImageSource } from './image-source.ts';

/** A foreign row by the names of our own records. */
export interface ImportedRow {
  /** As a line of a dataset has them (docs/data.md), images apart. */
  fields: Record<string, unknown>;
  images: ImageSource[];
  /** Names of columns that hold something and are not read, those among `fields` apart. */
  unread: string[];
}

/** A foreign format of rows. Each is one file of this folder, and a line of `importers.ts`. */
export interface Importer {
  name: string;
  /** The column by which a row is known to be of this format; undefined where it is not. */
  findSign(row: ForeignRow): string | undefined;
  /** The id of a row, where another row may have its image from the row of an id. */
  idOf?(row: ForeignRow): string | undefined;
  /** Throws `InvalidInputError` that names the column, the fault and the remedy. */
  read(row: ForeignRow): ImportedRow;
}
