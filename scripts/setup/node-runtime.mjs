import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodePackages, oldestNode } from './pins.mjs';
import { cacheFolder, platform } from './places.mjs';
import { capture, lastLines, npm } from './processes.mjs';
import { SetupError } from './steps.mjs';

/** True when a Node of this version runs TypeScript files as they are. @param {string} version for instance `24.21.0` */
export function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
}

/** The Node to run with: the running one if new enough, else the pinned one's place in the cache. */
export function nodePath() {
  if (runsTypeScript(process.versions.node)) return process.execPath;
  return join(pinnedFolder(pinnedPackage()), 'bin', 'node');
}

/** True when `nodePath()` can be run now. */
export function hasNode() {
  return existsSync(nodePath());
}

/** Brings the pinned Node from the npm registry into the cache; returns its version. */
export async function installNode() {
  const pinned = pinnedPackage();
  const { name, version, integrity } = pinned;
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'node-'));
  try {
    const packed = await npm(['pack', `${name}@${version}`, '--pack-destination', folder, '--silent'], { cwd: folder });
    if (packed.code !== 0) {
      throw new SetupError(
        `npm could not fetch ${name}@${version}:\n${lastLines(packed.output)}`,
        'Check the network and the npm registry setting, or install Node 24 yourself.',
      );
    }
    const archive = join(folder, `${name}-${version}.tgz`);
    const digest = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (digest !== integrity) {
      throw new SetupError(
        `${name}@${version} has integrity ${digest}, expected ${integrity}`,
        'The registry serves another file; do not use it. Try another registry or install Node 24 yourself.',
      );
    }
    const unpacked = await capture('tar', ['-xzf', archive, '-C', folder, 'package/bin/node']);
    if (unpacked.code !== 0) {
      throw new SetupError(`tar could not unpack ${archive}: ${lastLines(unpacked.output)}`, 'Install tar and gzip.');
    }
    await rm(pinnedFolder(pinned), { recursive: true, force: true });
    await rename(join(folder, 'package'), pinnedFolder(pinned));
    return version;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pinnedPackage() {
  const pinned = nodePackages[platform];
  if (pinned) return pinned;
  throw new SetupError(
    `Node ${process.versions.node} is too old, and no newer one is pinned for ${platform}`,
    `Install Node 24, or use one of: ${Object.keys(nodePackages).join(', ')}.`,
  );
}

function pinnedFolder({ version }) {
  return join(cacheFolder(), `node-${version}-${platform}`);
}
