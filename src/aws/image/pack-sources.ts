import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { packageRoot } from '../../base/package-root.ts';

/** The same for every file, so that the same sources give the same archive. */
const ATTRIBUTES = { mtime: new Date(0), mode: 0o100644 };

/** A zip archive of files of this checkout, piece by piece. */
export async function packSources(paths: readonly string[]): Promise<Readable> {
  const { ZipFile } = await import('yazl');
  const archive = new ZipFile();
  for (const path of paths) archive.addFile(join(packageRoot, path), path, ATTRIBUTES);
  archive.end();
  return archive.outputStream as Readable;
}
