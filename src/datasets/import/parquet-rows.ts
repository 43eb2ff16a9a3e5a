import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { InvalidInputError } from '../../schema/errors.ts';
import type { ForeignRow, ReadRow } from './foreign-row.ts';

/** Bytes of a row group, unpacked, that memory may hold. */
const MAX_GROUP_BYTES = 2 ** 30;

/** The rows of a Parquet file, a row group at a time. Throws `InvalidInputError` where it is damaged or has too large groups. */
export async function* readParquetRows(path: string): AsyncGenerator<ReadRow> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause) => {
    throw new InvalidInputError(`${path} is not whole Parquet (${cause.message}); download it again`, { cause });
  });
  checkGroups(path, metadata);
  let number = 0;
  for (const { num_rows } of metadata.row_groups) {
    const [rowStart, rowEnd] = [number, number + Number(num_rows)];
    const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors, utf8: false }).catch(
      (cause) => {
        throw new InvalidInputError(
          `${path} cannot be read at row ${rowStart + 1} (${cause.message}); download it again, or write it with snappy`,
          { cause },
        );
      },
    );
    for (const row of rows) {
      number += 1;
      yield { row: toPlain(row) as ForeignRow, number };
    }
  }
}

function checkGroups(path: string, { row_groups }: FileMetaData): void {
  for (const [index, { total_byte_size, num_rows }] of row_groups.entries()) {
    if (total_byte_size <= MAX_GROUP_BYTES) continue;
    throw new InvalidInputError(
      `${path} holds ${num_rows} rows of ${Math.round(Number(total_byte_size) / 2 ** 20)} MB in row group ${index + 1}, ` +
        `over ${MAX_GROUP_BYTES / 2 ** 20}; write it anew with smaller ones (pyarrow: row_group_size=100)`,
    );
  }
}

/** Values as JSON has them, bytes apart: whole numbers as text where a number would lose digits, times in ISO form. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === undefined) return null;
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, toPlain);
  if (Array.isArray(value)) return value.map(toPlain);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toPlain(each)]));
}
