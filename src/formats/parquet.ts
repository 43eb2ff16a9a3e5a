import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** A column or a field of one, as elements of a Parquet schema in their order. */
type Field = readonly SchemaElement[];

const aText = (name: string): Field => [
  { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
];
const bytesOf = (name: string): Field => [{ name, type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' }];
const aNumber = (name: string): Field => [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }];

const aStruct = (name: string, ...fields: readonly Field[]): Field => [
  { name, repetition_type: 'OPTIONAL', num_children: fields.length },
  ...fields.flat(),
];

/** The three levels that every reader knows as a list; `element` is named so. */
const aList = (name: string, element: Field): Field => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
];

export const field = { text: aText, bytes: bytesOf, number: aNumber, struct: aStruct, list: aList };

/** A column of image files, which `datasets` decodes: `[{bytes, path}]`. */
export const IMAGES: Field = aList('images', aStruct('element', bytesOf('bytes'), aText('path')));

/** Tells `datasets` that the column `images` holds images, which the types alone do not say. */
const FEATURES = {
  key: 'huggingface',
  value: JSON.stringify({ info: { features: { images: { feature: { _type: 'Image' }, _type: 'List' } } } }),
};

/** Rows to a group: what memory holds of them, and what a reader takes at once. */
const ROWS_PER_GROUP = 100;

/** Rows as a Parquet file with these columns, a group of rows at a time. */
export async function* encodeParquet(
  rows: AsyncIterable<Record<string, unknown>>,
  columns: readonly Field[],
): AsyncGenerator<Uint8Array> {
  const schema = [{ name: 'schema', num_children: columns.length }, ...columns.flat()];
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema, kvMetadata: [FEATURES], createdBy: 'metis-rise' });
  for await (const group of splitRows(rows)) {
    parquet.write({ columnData: toColumns(group, columns), rowGroupSize: group.length });
    yield takeBytes(writer);
  }
  parquet.finish();
  yield takeBytes(writer);
}

async function* splitRows<T>(rows: AsyncIterable<T>): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < ROWS_PER_GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Images are compressed as they are, and nobody looks for one between two others. */
function toColumns(rows: readonly Record<string, unknown>[], columns: readonly Field[]) {
  return columns.map(([{ name }]) => {
    const data = rows.map((row) => row[name]);
    const isImages = name === IMAGES[0].name;
    return isImages ? { name, data, codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } : { name, data };
  }) as Parameters<ParquetWriter['write']>[0]['columnData'];
}

/** What was written since the last time. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(writer.buffer.slice(0, writer.index));
  writer.index = 0;
  return bytes;
}
