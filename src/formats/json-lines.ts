/** Records as JSON lines, one at a time. */
export async function* encodeJsonLines(records: AsyncIterable<object>): AsyncGenerator<Buffer> {
  for await (const record of records) yield Buffer.from(`${JSON.stringify(record)}\n`);
}
