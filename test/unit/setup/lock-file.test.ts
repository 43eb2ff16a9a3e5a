import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

interface LockedPackage {
  version: string;
  optionalDependencies?: Record<string, string>;
}

describe('the lock file', () => {
  const lock = JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8'));
  const packages = Object.entries<LockedPackage>(lock.packages);

  it('names the packages of every platform; if not, run scripts/complete-lock-file.mjs', () => {
    const named = new Set(
      packages.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
    );
    const missing = packages
      .flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies))
      .filter((name) => !named.has(name));
    expect(missing).toEqual([]);
  });

  it('names no registry, so that any one can serve it', () => {
    expect(packages.filter(([, entry]) => 'resolved' in entry)).toEqual([]);
  });
});
