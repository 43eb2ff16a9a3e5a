import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingPackage, nodePackages, tensorflowBuilds } from '../../setup/pins.mjs';
import { listDockerContext } from '../../src/aws/image/docker-context.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { type DockerEngine, startDockerEngine } from '../support/docker-engine.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { runWorkerContainer } from '../support/worker-container.ts';
import { buildWorkerImage } from '../support/worker-image.ts';

const folder = aTemporaryFolder();
let engine: DockerEngine;
let image: string;

beforeAll(async () => {
  engine = await startDockerEngine();
  image = await buildWorkerImage(engine);
}, 1_800_000);
afterAll(() => engine?.stop());

const MEGABYTES = 1e6;
/** The base image is 173 MB of it, TensorFlow 634, Node 109, packages 131. */
const LARGEST_CPU_IMAGE = 1_150 * MEGABYTES;

describe('the image of the GPU worker', () => {
  it('can run jobs as a user of no rights on a file system it cannot write to, and says what it runs on', async () => {
    const { code, output } = await runWorkerContainer(engine, image, { command: 'health' });
    expect(code).toBe(0);
    expect(output.map((line) => JSON.parse(line))).toMatchObject([{ device: 'CPU', user: 10001 }]);
  });

  it('is built of the very files that its tag is a hash of, and that a build on AWS is given', async () => {
    const dockerfile = join(folder, 'Dockerfile');
    writeFileSync(dockerfile, 'FROM scratch\nCOPY . /context\nCMD ["none"]\n');
    const name = 'metis-rise/context:test';
    await engine.docker('build', `--file=${dockerfile}`, `--tag=${name}`, packageRoot);
    const container = await engine.docker('create', name);
    const archive = join(folder, 'context.tar');
    await engine.docker('export', `--output=${archive}`, container);
    await engine.docker('rm', container);
    const entries = execFileSync('tar', ['--list', `--file=${archive}`], { encoding: 'utf8' }).split('\n');
    const files = entries.filter((path) => /^context\/.*[^/]$/.test(path)).map((path) => path.replace('context/', ''));
    // Docker reads it itself; a build elsewhere needs it too.
    expect([...files, '.dockerignore'].sort()).toEqual(listDockerContext(packageRoot));
  });

  it('has no compiler, no program that raises rights and nothing of the checkout that jobs do without', async () => {
    const asRoot = async (command: string) => {
      const confinement = ['--rm', '--user=0', '--network=none', '--entrypoint=sh'];
      return (await engine.docker('run', ...confinement, image, '-c', command)).split(/\s+/).filter(Boolean);
    };
    const tools = ['node', 'tini', 'gcc', 'g++', 'cc', 'ld', 'npm', 'curl'];
    expect(await asRoot(`for tool in ${tools.join(' ')}; do which $tool; done; true`)).toEqual([
      '/usr/local/bin/node',
      '/usr/bin/tini',
    ]);
    expect(await asRoot('find / -xdev -type f -perm /6000')).toEqual([]);
    const parts = ['LICENSE', 'containers', 'node_modules', 'package.json', 'sbom.json', 'src'];
    expect(await asRoot('LC_ALL=C ls -A /app')).toEqual(parts);
    const source = [
      ...[
        'algorithms',
        'base',
        'benchmarks',
        'endpoints',
        'engine',
        'formats',
        'images',
        'rewards',
        'schema',
        'stages',
        'store',
      ],
    ];
    expect(await asRoot('LC_ALL=C ls -A /app/src')).toEqual(source);
    expect(await asRoot('ls /app/node_modules | grep -e jest -e typescript -e aws-cdk || true')).toEqual([]);
  });

  it('lists what it is made of', async () => {
    const print = (path: string) => engine.docker('run', '--rm', '--network=none', '--entrypoint=cat', image, path);
    const bill: { components: { purl: string }[] } = JSON.parse(await print('/app/sbom.json'));
    const listed = new Set(bill.components.map(({ purl }) => decodeURIComponent(purl)));
    const installed: Record<string, { version: string }> = JSON.parse(
      await print('/app/node_modules/.package-lock.json'),
    ).packages;
    const purls = Object.entries(installed).map(
      ([path, { version }]) => `pkg:npm/${path.replace(/.*node_modules\//, '')}@${version}`,
    );
    expect(purls.length).toBeGreaterThan(100);
    expect(purls.filter((purl) => !listed.has(purl))).toEqual([]);
    const npmPins = [nodePackages['linux-x64'], bindingPackage].map(
      ({ name, version }) => `pkg:npm/${name}@${version}`,
    );
    const { version } = tensorflowBuilds['linux-x64-cpu'];
    expect([...listed]).toEqual(expect.arrayContaining([...npmPins, `pkg:pypi/tensorflow-cpu@${version}`]));
  });

  it('stays small', async () => {
    const bytes = Number(await engine.docker('image', 'inspect', '--format={{.Size}}', image));
    expect(bytes).toBeLessThan(LARGEST_CPU_IMAGE);
  });
});
