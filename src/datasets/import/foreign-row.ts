/** A row of a foreign file by the names of its columns. */
export type ForeignRow = Record<string, unknown>;

/** A row as it is read, with its number in its file, from 1: its columns, or why there are none. */
export type ReadRow = { number: number; row: ForeignRow } | { number: number; fault: string };

/** What a row may hold of memory: pictures in it are base64. */
export const MAX_ROW_BYTES = 2 ** 28;
