import type { ExportRow } from './exporter.ts';

/** Where a row comes from. As JSON, since its links back are of many shapes, which a reader of tables would unite. */
export interface Origin {
  id: string;
  provenance: string;
}

export function originOf(row: ExportRow): Origin {
  const { promptId, tier } = row.prompt;
  const links = row.set === 'sft' ? { source: row.example.source, ...row.example.provenance } : {};
  return { id: row.id, provenance: JSON.stringify({ promptId, tier, ...links }) };
}

/** The origins of rows, for a format that has no room for them, in the same order. */
export async function* listOrigins(rows: AsyncIterable<ExportRow>): AsyncGenerator<Origin> {
  for await (const row of rows) yield originOf(row);
}
