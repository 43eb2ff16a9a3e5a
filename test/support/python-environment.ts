import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../setup/places.mjs';

const ABSENT_INDEX =
  /No matching distribution|ConnectionError|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError/;

/** A Python that has the packages, or why there is none. */
export type PythonEnvironment = { python: string } | { missing: string };

/** The oldest version that will do. */
type LeastVersion = [major: number, minor: number];

/** As `findPython`, with whatever version of Python 3 there is. */
export const findPythonWith = (...requirements: string[]) => findPython([3, 0], requirements);

/**
 * What benches and peers share: one torch. What PyPI serves for Linux on x86-64 brings CUDA along (5 GB on disk), which is left
 * unused.
 */
export const TORCH = ['torch==2.15.0', 'transformers==5.23.0'];

export const findPythonWithTorch = () => findPythonWith(...TORCH);

/** As `findPythonWith`, on top of PyTorch's environment: what that has is used where the packages do not ask for another. */
export function findPythonOnTorch(...requirements: string[]): PythonEnvironment {
  const torch = findPythonWithTorch();
  return 'missing' in torch ? torch : findPython([3, 0], requirements, torch.python);
}

/**
 * Installs packages from PyPI, each named as `name==version`, into an environment of their own in the user's cache folder, once.
 * Throws when the installation fails by itself, and not for want of Python or of an index.
 *
 * @param below the Python of an environment whose packages are seen too, behind those installed
 */
export function findPython(least: LeastVersion, requirements: readonly string[], below?: string): PythonEnvironment {
  const home = join(cacheFolder(), 'test', requirements.join('-').replace(/[^a-z0-9.]+/g, '-'));
  const python = join(home, 'bin', 'python');
  if (existsSync(python)) return { python };
  const pending = `${home}.${process.pid}`;
  mkdirSync(join(home, '..'), { recursive: true });
  process.stderr.write(`installing ${requirements.join(' and ')} into ${home}, once\n`);
  try {
    const missing = install(pending, least, requirements, below);
    if (missing) return { missing };
    if (!existsSync(python)) renameSync(pending, home);
    return { python };
  } finally {
    rmSync(pending, { recursive: true, force: true });
  }
}

/** Gives what is missing on this machine, if anything. */
function install(
  folder: string,
  least: LeastVersion,
  requirements: readonly string[],
  below?: string,
): string | undefined {
  const interpreter = interpreters().find((each) => isAtLeast(each, least));
  if (!interpreter) return `no python3 of version ${least.join('.')} or newer with the venv module`;
  try {
    runQuietly(interpreter, ['-m', 'venv', folder]);
  } catch {
    return 'no python3 with the venv module';
  }
  if (below) writeFileSync(join(packagesOf(join(folder, 'bin', 'python')), 'below.pth'), packagesOf(below));
  try {
    runQuietly(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--disable-pip-version-check', ...requirements]);
  } catch (error) {
    if (ABSENT_INDEX.test((error as { stderr: string }).stderr)) {
      return `no Python package index that has ${requirements.join(' and ')}`;
    }
    throw error;
  }
}

/** The one on the path first, then those beside it by version, and those that pyenv keeps. */
function interpreters(): string[] {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const kept = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, 'bin', 'python3')) : [];
  return ['python3', 'python3.14', 'python3.13', 'python3.12', ...kept.toReversed()];
}

function isAtLeast(interpreter: string, least: LeastVersion): boolean {
  try {
    runQuietly(interpreter, ['-c', `import sys, venv; sys.exit(sys.version_info < (${least.join(', ')}))`]);
    return true;
  } catch {
    return false;
  }
}

/** Where an environment keeps its packages. */
const packagesOf = (python: string) =>
  execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], { encoding: 'utf8' }).trim();

const runQuietly = (command: string, args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
