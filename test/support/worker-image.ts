import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../setup/places.mjs';
import { packageRoot } from '../../src/base/package-root.ts';
import { ensureCommand } from './debian-package.ts';
import type { DockerEngine } from './docker-engine.ts';

const IMAGE = 'metis-rise/gpu-worker:test';
/** Certificates that the administrator of this machine trusts besides the distribution's. */
const OWN_CERTIFICATES = '/usr/local/share/ca-certificates';
/** Taken over into the build where the environment has them. */
const DOWNLOAD_SETTINGS = ['NPM_CONFIG_REGISTRY', 'PIP_INDEX_URL', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Builds the worker's image for CPUs from this checkout, from the layers that are there, and gives its name. */
export async function buildWorkerImage(engine: DockerEngine): Promise<string> {
  const base = await makeBaseImage(engine);
  const settings = { BASE_IMAGE: base, TENSORFLOW: 'cpu' };
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const args = [...given, ...DOWNLOAD_SETTINGS].flatMap((setting) => ['--build-arg', setting]);
  const dockerfile = join(packageRoot, 'containers/gpu-worker/Dockerfile');
  await engine.docker(
    'build',
    '--force-rm',
    '--network=host',
    ...args,
    `--tag=${IMAGE}`,
    `--file=${dockerfile}`,
    packageRoot,
  );
  return IMAGE;
}

/** The smallest system of this machine's distribution, made here: it takes no registry of images. */
async function makeBaseImage(engine: DockerEngine): Promise<string> {
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (!suite) throw new Error('/etc/os-release names no release of Debian or Ubuntu to make a base image of');
  const digest = digestCertificates();
  const image = `metis-rise/test-base:${suite}-${digest}`;
  if ((await engine.docker('image', 'ls', '--quiet', image)) !== '') return image;
  const archive = join(cacheFolder(), 'test', `base-${suite}-${digest}.tar`);
  if (!existsSync(archive)) bootstrap(suite, archive);
  await engine.docker('import', archive, image);
  return image;
}

function digestCertificates(): string {
  const hash = createHash('sha256');
  if (existsSync(OWN_CERTIFICATES)) {
    for (const name of readdirSync(OWN_CERTIFICATES)) hash.update(readFileSync(join(OWN_CERTIFICATES, name)));
  }
  return hash.digest('hex').slice(0, 8);
}

function bootstrap(suite: string, archive: string): void {
  ensureCommand('mmdebstrap', 'mmdebstrap');
  mkdirSync(join(archive, '..'), { recursive: true });
  const pending = `${archive}.${process.pid}.tar`;
  const trust = [`copy-in ${OWN_CERTIFICATES} ${join(OWN_CERTIFICATES, '..')}`, 'chroot "$1" update-ca-certificates'];
  const hooks = existsSync(OWN_CERTIFICATES) ? trust.map((hook) => `--customize-hook=${hook}`) : [];
  try {
    execFileSync('mmdebstrap', ['--variant=minbase', '--include=ca-certificates', ...hooks, suite, pending], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    renameSync(pending, archive);
  } finally {
    rmSync(pending, { force: true });
  }
}
