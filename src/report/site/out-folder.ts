import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidInputError } from '../../schema/errors.ts';

/** The folder that a report becomes. It can be written again at any time, so that nothing waits for the disk. */
export interface OutFolder {
  write(name: string, content: Uint8Array | string): Promise<void>;
  has(name: string): Promise<boolean>;
}

/** A folder that is new, empty, or a report of before, which is written over. Throws `InvalidInputError` on any other. */
export async function openOutFolder(out: string): Promise<OutFolder> {
  await requireOurs(out);
  return {
    async write(name, content) {
      const path = join(out, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    },
    has: (name) =>
      access(join(out, name)).then(
        () => true,
        () => false,
      ),
  };
}

async function requireOurs(out: string): Promise<void> {
  const names: string[] = await readdir(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') throw new InvalidInputError(`${out} is a file; name a folder`, { cause });
    throw cause;
  });
  if (names.length === 0 || names.includes('report.js')) return;
  throw new InvalidInputError(`${out} has files that are no report; give --out a new folder or an empty one`);
}
