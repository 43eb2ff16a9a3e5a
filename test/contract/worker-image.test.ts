import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ECR } from '@aws-sdk/client-ecr';
import { unzip } from '../../setup/unzip.mjs';
import { listDockerContext } from '../../src/aws/image/docker-context.ts';
import { tagOfSources } from '../../src/aws/image/image-tag.ts';
import { publishImage } from '../../src/aws/image/publish-image.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { parseDeploymentConfig } from '../../src/schema/deployment-config.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type AccountProxy, startAccountProxy } from '../support/account-proxy.ts';
import { deployStacks } from '../support/aws-deployment.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { installNotingDocker } from '../support/noting-docker.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const contextFile = join(folder, 'cdk.context.json');
const docker = installNotingDocker(folder);
const REPOSITORY = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/worker';

describeWithMoto('rise image', (server) => {
  const path = process.env.PATH;
  const bucket = `rise-${randomUUID()}`;
  let proxy: AccountProxy;
  let lines: string[] = [];

  beforeAll(async () => {
    process.env.PATH = [folder, path].join(delimiter);
    proxy = await startAccountProxy(server().endpoint);
    process.env.AWS_ENDPOINT_URL = proxy.endpoint;
    await new ECR({}).createRepository({ repositoryName: 'worker' });
    const Choices = JSON.stringify({ imageTag: tagOfSources() });
    await deployStacks(bucket, { Choices, ImageBuildProject: 'builder' });
  });
  afterAll(async () => {
    process.env.PATH = path;
    await proxy.stop();
  });
  beforeEach(() => {
    lines = [];
    docker.forget();
    rmSync(contextFile, { force: true });
  });

  const publish = (request: { tag?: string; place?: 'here' | 'aws'; buildArgs?: string[] } = {}) =>
    publishImage(
      {},
      { place: 'here', buildArgs: [], isQuiet: true, contextFile, onLine: (line) => lines.push(line), ...request },
    );
  const kept = () => JSON.parse(readFileSync(contextFile, 'utf8'));

  it('builds and pushes these sources, and keeps the digest; the deployed stack waits for it already', async () => {
    writeFileSync(contextFile, '{"monthlyBudgetUsd": 100}');
    const tag = tagOfSources();
    const image = `${REPOSITORY}:${tag}`;
    const published = await publish();
    expect(published).toEqual({
      outcome: 'pushed',
      image,
      tag,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      next: 'start',
    });
    const [build, login, push] = docker.calls();
    expect(build).toEqual([
      ...['build', '--platform', 'linux/amd64', '--file', 'containers/gpu-worker/Dockerfile'],
      ...['--build-arg', expect.stringMatching(/^REVISION=[0-9a-f]{40}(-dirty)?$/), '--tag', image, '.'],
    ]);
    const registry = REPOSITORY.replace('/worker', '');
    expect(login).toEqual([
      'login',
      '--username',
      'AWS',
      '--password-stdin',
      registry,
      '<',
      expect.stringMatching(/./),
    ]);
    expect(push).toEqual(['push', image]);
    expect(kept()).toEqual({ monthlyBudgetUsd: 100, imageTag: published.digest });
    expect(parseDeploymentConfig(kept()).imageTag).toBe(published.digest);
  });

  it('builds the same sources once', async () => {
    expect(await publish()).toMatchObject({ outcome: 'present', next: 'start' });
    expect(docker.calls()).toEqual([]);
  });

  it('says to deploy where the stack names another image', async () => {
    expect(await publish({ tag: 'v2', buildArgs: ['TENSORFLOW=cpu'] })).toMatchObject({
      outcome: 'pushed',
      next: 'deploy',
    });
    expect(docker.calls()[0]).toEqual(expect.arrayContaining(['--build-arg', 'TENSORFLOW=cpu']));
    expect(tagOfSources(['TENSORFLOW=cpu'])).not.toBe(tagOfSources());
  });

  it('keeps nothing where Docker fails, or is not there', async () => {
    process.env.DOCKER_FAILS = 'build';
    await expect(publish({ tag: 'v3' })).rejects.toThrow('docker build ended with exit code 1');
    delete process.env.DOCKER_FAILS;
    process.env.PATH = join(folder, 'nowhere');
    await expect(publish({ tag: 'v3' })).rejects.toThrow(/docker cannot be started .*rise image --in-aws/);
    process.env.PATH = [folder, path].join(delimiter);
    expect(() => kept()).toThrow('no such file');
  });

  describe('--in-aws', () => {
    let pushed: Promise<unknown>;
    const pushImage = (imageTag: string) => {
      const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
      const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, layers: [] });
      return new ECR({}).putImage({ repositoryName: 'worker', imageTag, imageManifest });
    };
    const build = (changes: object) => ({ body: { builds: [{ id: 'builder:1', ...changes }] } });

    it('uploads the sources, follows the build, and keeps the digest', async () => {
      const started: Record<string, unknown>[] = [];
      proxy.answers.set('StartBuild', (request) => {
        started.push(request);
        return { body: { build: { id: 'builder:1' } } };
      });
      const looks = [build({ buildStatus: 'IN_PROGRESS' }), build({ buildStatus: 'SUCCEEDED', buildComplete: true })];
      proxy.answers.set('BatchGetBuilds', () => {
        // CodeBuild pushes before it ends.
        if (looks.length > 1) pushed = pushImage('v4');
        return looks.shift()!;
      });
      const published = await publish({ tag: 'v4', place: 'aws' });
      expect(published).toMatchObject({ outcome: 'pushed', tag: 'v4', next: 'deploy' });
      await pushed;
      const [{ projectName, sourceTypeOverride, sourceLocationOverride, environmentVariablesOverride }] = started;
      expect({ projectName, sourceTypeOverride }).toEqual({ projectName: 'builder', sourceTypeOverride: 'S3' });
      expect(environmentVariablesOverride).toEqual([
        { name: 'IMAGE_TAG', value: 'v4' },
        { name: 'REPOSITORY_URI', value: REPOSITORY },
        { name: 'REVISION', value: expect.stringMatching(/^[0-9a-f]{40}/) },
      ]);
      const key = String(sourceLocationOverride).replace(`${bucket}/`, '');
      expect(key).toMatch(/^builds\/worker-source\/[0-9a-f]{12}\.zip$/);
      const archive = join(folder, 'sources.zip');
      writeFileSync(archive, await openStore(`s3://${bucket}`).read(key));
      const names: string[] = [];
      await unzip(archive, (name) => {
        names.push(name);
        return undefined;
      });
      expect(names).toEqual(listDockerContext(packageRoot));
      expect(names).toEqual(
        expect.arrayContaining(['containers/gpu-worker/Dockerfile', 'package-lock.json', 'src/base/hash.ts']),
      );
      expect(names.filter((name) => name.startsWith('src/cli/') || name.startsWith('test/'))).toEqual([]);
      expect(lines).toEqual([expect.stringContaining('build builder:1 has started')]);
      expect(kept()).toEqual({ imageTag: published.digest });
    });

    it('says in which phase a build failed, and why', async () => {
      const contexts = [
        { statusCode: 'COMMAND_EXECUTION_ERROR', message: 'Error while executing command: docker build' },
      ];
      const phases = [{ phaseType: 'BUILD', phaseStatus: 'FAILED', contexts }];
      proxy.answers.set('BatchGetBuilds', () => build({ buildStatus: 'FAILED', buildComplete: true, phases }));
      await expect(publish({ tag: 'v5', place: 'aws' })).rejects.toThrow(
        'build builder:1 ended as FAILED in BUILD: Error while executing command: docker build',
      );
    });
  });
});
