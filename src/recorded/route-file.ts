import { join } from 'node:path';
import { type LineFile, openLineFile } from '../base/line-file.ts';
import { createNumberColumn } from '../base/number-column.ts';
import { createTextTable } from '../base/text-table.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import { Route } from '../schema/route.ts';
import { createLocalStore } from '../store/local-store.ts';
import { parseRecord, streamPlacedRecords } from '../store/records.ts';
import { RECORDED_FILES } from './recorded-files.ts';

const KINDS = ['mastered', 'self-distill', 'expert'] as const satisfies Route['kind'][];

/** Routes of a file by number, in its order. Memory holds their ids and kinds. */
export interface RouteFile {
  readonly size: number;
  find(promptId: string): number;
  idOf(route: number): string;
  kindOf(route: number): Route['kind'];
  read(route: number): Route;
  close(): void;
}

export async function openRoutes(folder: string): Promise<RouteFile> {
  const ids = createTextTable();
  const kinds = createNumberColumn(Uint8Array);
  const starts = createNumberColumn(Float64Array);
  for await (const placed of streamPlacedRecords(createLocalStore(folder), RECORDED_FILES.routes, Route)) {
    const { promptId, kind } = placed.record;
    if (ids.add(promptId) < kinds.length) {
      throw new CorruptRecordError(`${RECORDED_FILES.routes} has ${promptId} twice; route the prompts again`);
    }
    kinds.push(KINDS.indexOf(kind));
    starts.push(placed.start);
  }
  const file: LineFile = openLineFile(join(folder, RECORDED_FILES.routes));
  let last: { route: number; record: Route } | undefined;
  return {
    size: ids.size,
    find: ids.find,
    idOf: ids.at,
    kindOf: (route) => KINDS[kinds.get(route)],
    read(route) {
      if (last?.route === route) return last.record;
      last = { route, record: parseRecord(file.lineAt(starts.get(route)), RECORDED_FILES.routes, Route) };
      return last.record;
    },
    close: file.close,
  };
}
