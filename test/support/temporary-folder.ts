import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder, removed after the tests of the calling file. */
export function aTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'metis-rise-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
