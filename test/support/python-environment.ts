import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/setup/places.mjs';

const ABSENT_INDEX =
  /No matching distribution|ConnectionError|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError/;

/** A Python that has the package, or why there is none. */
export type PythonEnvironment = { python: string } | { missing: string };

/**
 * Installs a package from PyPI, named as `name==version`, into an environment of its own in the user's cache folder, once.
 * Throws when the installation fails by itself, and not for want of Python or of an index.
 */
export function findPythonWith(requirement: string): PythonEnvironment {
  const home = join(cacheFolder(), 'test', requirement.replace(/[^a-z0-9.]+/g, '-'));
  const python = join(home, 'bin', 'python');
  if (existsSync(python)) return { python };
  const pending = `${home}.${process.pid}`;
  mkdirSync(join(home, '..'), { recursive: true });
  try {
    const missing = install(pending, requirement);
    if (missing) return { missing };
    if (!existsSync(python)) renameSync(pending, home);
    return { python };
  } finally {
    rmSync(pending, { recursive: true, force: true });
  }
}

/** Gives what is missing on this machine, if anything. */
function install(folder: string, requirement: string): string | undefined {
  try {
    runQuietly('python3', ['-m', 'venv', folder]);
  } catch {
    return 'no python3 with the venv module';
  }
  try {
    runQuietly(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--disable-pip-version-check', requirement]);
  } catch (error) {
    if (ABSENT_INDEX.test((error as { stderr: string }).stderr)) {
      return `no Python package index that has ${requirement}`;
    }
    throw error;
  }
}

const runQuietly = (command: string, args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
