import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds this package's `package.json`, in the checkout (`src/`) and when built (`dist/src/`). */
export const packageRoot: string = findPackageRoot(import.meta.dirname);

function findPackageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackageRoot(dirname(folder));
}
