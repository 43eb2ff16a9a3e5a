import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the checkout, or its place in a consumer's `node_modules`. */
export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** True in a checkout; an installed package has no lock file of its own. */
export const isCheckout = existsSync(join(packageRoot, 'package-lock.json'));

/** For instance `linux-x64`. */
export const platform = `${process.platform}-${process.arch}`;

/** The user's cache folder for everything that set-up downloads or builds. */
export function cacheFolder() {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'metis-rise');
  return join(homedir(), ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']), 'metis-rise');
}

/**
 * The folder of an installed dependency, wherever npm has put it; undefined when it is not installed.
 * @param {string} name
 */
export function findDependency(name) {
  const require = createRequire(join(packageRoot, 'package.json'));
  return require.resolve
    .paths(name)
    ?.map((base) => join(base, name))
    .find((path) => existsSync(join(path, 'package.json')));
}

/**
 * The folder of a dependency that must be there.
 * @param {string} name
 */
export function dependencyFolder(name) {
  const folder = findDependency(name);
  if (folder) return folder;
  throw new Error(`${name} is not installed under ${packageRoot}`);
}
