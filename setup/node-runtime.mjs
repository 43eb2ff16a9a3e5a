import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNpmPackage } from './npm-package.mjs';
import { nodePackages, oldestNode } from './pins.mjs';
import { cacheFolder, platform } from './places.mjs';
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
  await fetchNpmPackage(pinned, pinnedFolder(pinned), ['bin/node']);
  return pinned.version;
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
