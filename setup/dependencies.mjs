import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCheckout, packageRoot } from './places.mjs';
import { lastLines, npm } from './processes.mjs';
import { SetupError } from './steps.mjs';

/** True when `node_modules` holds what `package-lock.json` asks for; an installed package always does. */
export function hasDependencies(root = packageRoot) {
  if (root === packageRoot && !isCheckout) return true;
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(installedPath);
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return installed[path] ? installed[path].version === version : optional === true;
  });
}

/** Installs the locked dependencies; returns how many there are. */
export async function installDependencies() {
  const { code, output } = await npm(['ci', '--no-audit', '--no-fund'], { cwd: packageRoot });
  if (code === 127) throw new SetupError('npm is not on the PATH', 'Install npm 10 or newer (it comes with Node).');
  if (code !== 0) {
    throw new SetupError(
      `\`npm ci\` ended with code ${code}:\n${lastLines(output)}`,
      'Check the network and the npm registry setting (`npm config get registry`), then run the same command again.',
    );
  }
  return Object.keys(readPackages(join(packageRoot, 'node_modules', '.package-lock.json'))).length;
}

function readPackages(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}
