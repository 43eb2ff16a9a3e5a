/**
 * `node scripts/complete-lock-file.mjs`, after a dependency changed: names in package-lock.json the optional packages
 * of other platforms that npm left out. npm drops one that the registry in use does not have, and `npm ci` then calls
 * the lock file out of step. The version is the one its parent pins; there is no digest, as nothing was fetched.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../setup/places.mjs';

const path = join(packageRoot, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const platformName =
  /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|loong64|ppc64|riscv64|s390x)(?:-(\w+))?$/;

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const isNamed = Object.keys(lock.packages).some((place) => place.endsWith(`node_modules/${name}`));
    if (!isNamed) lock.packages[`node_modules/${name}`] = platformPackage(name, version, parent.dev);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);

function platformPackage(name, version, dev) {
  const [, os, cpu, abi] = platformName.exec(name) ?? [];
  if (!os || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`${name}@${version} names no platform or no exact version; add it by hand`);
  const libc = os === 'linux' && abi ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {};
  return { version, cpu: [cpu], ...(dev && { dev }), ...libc, optional: true, os: [os] };
}
