import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** The folder that holds this package's `package.json`, in the checkout (`src/`) and when built (`dist/src/`). */
export const packageRoot: string = findPackageRoot(import.meta.dirname);

/** The path of a module of this package, given as in the checkout; when built it lies in `dist/`, as JavaScript. */
export function modulePath(path: string): string {
  const isBuilt = extname(import.meta.filename) === '.js';
  return isBuilt ? join(packageRoot, 'dist', path.replace(/\.ts$/, '.js')) : join(packageRoot, path);
}

function findPackageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackageRoot(dirname(folder));
}
