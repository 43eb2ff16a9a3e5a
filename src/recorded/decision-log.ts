import { closeSync, openSync, writeSync } from 'node:fs';
import { openLineFile } from '../base/line-file.ts';
import { createNumberColumn } from '../base/number-column.ts';
import type { Decision } from '../schema/decision.ts';
import { openRecordWriter } from '../store/record-writer.ts';
import type { Store } from '../store/store.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/** Decisions on disk on their way into the log: memory holds where that of each route begins. */
export interface DecisionLog {
  /** Takes the decision on the route with this number, in any order. */
  add(route: number, decision: Decision): void;
  /** Writes the log, in the order of the routes. */
  writeTo(store: Store): Promise<void>;
  close(): void;
}

const CHUNK_CHARACTERS = 2 ** 18;

export function createDecisionLog(path: string): DecisionLog {
  // Plus one: what was not set is 0.
  const starts = createNumberColumn(Float64Array);
  const output = openSync(path, 'w');
  let pending: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = () => {
    const chunk = Buffer.from(pending.join(''));
    for (let written = 0; written < chunk.length; ) written += writeSync(output, chunk, written);
    pending = [];
    characters = 0;
  };
  return {
    add(route, decision) {
      const line = `${JSON.stringify(decision)}\n`;
      starts.set(route, bytes + 1);
      bytes += Buffer.byteLength(line);
      pending.push(line);
      characters += line.length;
      if (characters > CHUNK_CHARACTERS) flush();
    },
    async writeTo(store) {
      flush();
      const lines = openLineFile(path);
      const writer = openRecordWriter(store, RECORDED_FILES.decisions);
      try {
        for (let route = 0; route < starts.length; route++) {
          if (starts.get(route) > 0) await writer.write(`${lines.lineAt(starts.get(route) - 1)}\n`);
        }
        await writer.end();
      } finally {
        lines.close();
      }
    },
    close: () => closeSync(output),
  };
}
