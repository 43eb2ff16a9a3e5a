import { execFileSync, spawnSync } from 'node:child_process';

/**
 * Makes sure of a command, by its Debian package where it is missing. Throws where it is missing and this user cannot
 * install it.
 */
export function ensureCommand(command: string, debianPackage: string): void {
  if (isThere(command)) return;
  if (!isThere('apt-get') || process.getuid?.() !== 0) {
    throw new Error(
      `there is no ${command}, and only root on Debian or Ubuntu can install it; install ${debianPackage}`,
    );
  }
  process.stderr.write(`installing ${debianPackage} from Debian, once\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', debianPackage]]) {
    execFileSync('apt-get', ['--quiet=2', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

const isThere = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
