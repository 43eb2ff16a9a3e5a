import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { writeReport } from '../report/site/write-report.ts';
import { summaryKey } from '../schema/keys.ts';
import { ApiError } from '../server/api-error.ts';
import type { Store } from '../store/store.ts';

/** Reports of runs, each written when it is first asked for. */
export interface Reports {
  /** Scratch, to be removed at the end. */
  folder: string;
  read(runId: string, path: string): Promise<{ body: Buffer; type: string }>;
}

const MOST_TRAJECTORIES = 50_000;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.bmp': 'image/bmp',
};
/** What a report's files are called: no dots but before the extension, so that no path leaves the folder. */
const FILE = /^(?:[\w-]+\/)*[\w-]+\.[a-z]+$/;

/** A report is written when its first page is asked for; once it is that of a finished run it stays. */
export function createReports(store: Store): Reports {
  const folder = mkdtempSync(join(tmpdir(), 'rise-ui-'));
  const written = new Map<string, Promise<unknown>>();
  const final = new Set<string>();
  const write = async (runId: string) => {
    const isFinished = await store.exists(summaryKey(runId));
    const request = { store, runIds: [runId], out: join(folder, runId), mostTrajectories: MOST_TRAJECTORIES };
    await writeReport(request, () => ({ advance() {}, close() {} }));
    if (isFinished) final.add(runId);
  };
  return {
    folder,
    async read(runId, path) {
      const file = path === '' ? 'index.html' : path;
      const type = TYPES[extname(file)];
      if (!FILE.test(file) || type === undefined) throw absent(path);
      if (!written.has(runId) || (path === '' && !final.has(runId))) {
        const writing = (written.get(runId) ?? Promise.resolve()).catch(() => {}).then(() => write(runId));
        written.set(runId, writing);
      }
      await written.get(runId);
      const body = await readFile(join(folder, runId, file)).catch(() => {
        throw absent(path);
      });
      return { body, type };
    },
  };
}

const absent = (path: string) => new ApiError(`the report has no ${path}`, { status: 404, code: 'not_found' });
