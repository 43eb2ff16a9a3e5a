import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/setup/places.mjs';

const ABSENT_INDEX =
  /No matching distribution|ConnectionError|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError/;

/** A Python that has the packages, or why there is none. */
export type PythonEnvironment = { python: string } | { missing: string };

/**
 * Installs packages from PyPI, each named as `name==version`, into an environment of their own in the user's cache folder, once.
 * Throws when the installation fails by itself, and not for want of Python or of an index.
 */
export function findPythonWith(...requirements: string[]): PythonEnvironment {
  const home = join(cacheFolder(), 'test', requirements.join('-').replace(/[^a-z0-9.]+/g, '-'));
  const python = join(home, 'bin', 'python');
  if (existsSync(python)) return { python };
  const pending = `${home}.${process.pid}`;
  mkdirSync(join(home, '..'), { recursive: true });
  process.stderr.write(`installing ${requirements.join(' and ')} into ${home}, once\n`);
  try {
    const missing = install(pending, requirements);
    if (missing) return { missing };
    if (!existsSync(python)) renameSync(pending, home);
    return { python };
  } finally {
    rmSync(pending, { recursive: true, force: true });
  }
}

/** Gives what is missing on this machine, if anything. */
function install(folder: string, requirements: string[]): string | undefined {
  try {
    runQuietly('python3', ['-m', 'venv', folder]);
  } catch {
    return 'no python3 with the venv module';
  }
  try {
    runQuietly(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--disable-pip-version-check', ...requirements]);
  } catch (error) {
    if (ABSENT_INDEX.test((error as { stderr: string }).stderr)) {
      return `no Python package index that has ${requirements.join(' and ')}`;
    }
    throw error;
  }
}

const runQuietly = (command: string, args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
