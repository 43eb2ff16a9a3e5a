import { bindingPackage, nodePackages, tensorflowBuilds } from '../../setup/pins.mjs';
import { type DockerEngine, startDockerEngine } from '../support/docker-engine.ts';
import { runWorkerContainer } from '../support/worker-container.ts';
import { buildWorkerImage } from '../support/worker-image.ts';

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
