import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withLock } from '../../setup/lock.mjs';
import { cacheFolder } from '../../setup/places.mjs';
import { ensureCommand } from './debian-package.ts';

const START_MILLISECONDS = 300_000;
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;
/** Of what a failed command printed, its end. */
const SHOWN_CHARACTERS = 2000;

/** A Docker engine, of this machine or of our own, and what stops it if it is ours. */
export interface DockerEngine {
  /** What `docker` needs in its environment to find it. */
  environment: NodeJS.ProcessEnv;
  /** Runs `docker` and gives what it prints on standard output; throws with what it says when it fails. */
  docker(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The engine that answers already, which is left alone; else one of our own, from Debian, that ends with `stop` and with
 * this process. Ours has its images in the user's cache folder, no network but the host's, and one user at a time: a
 * second call, of whatever process, waits until the first one has stopped it.
 */
export async function startDockerEngine(): Promise<DockerEngine> {
  const running = connect(process.env);
  if (await answers(running)) return { ...running, stop: async () => {} };
  ensureCommand('dockerd', 'docker.io');
  const data = join(cacheFolder(), 'test', 'docker');
  return new Promise((resolve, reject) => {
    withLock(`${data}.lock`, async () => {
      const { promise: stopped, resolve: release } = Promise.withResolvers<void>();
      const engine = await startOwn(data);
      resolve({
        ...engine,
        stop: async () => {
          await engine.stop();
          release();
        },
      });
      await stopped;
    }).catch(reject);
  });
}

function connect(environment: NodeJS.ProcessEnv): Omit<DockerEngine, 'stop'> {
  // For BuildKit newer clients want a plug-in, which need not be there.
  const env = { ...environment, DOCKER_BUILDKIT: '0' };
  const docker = async (...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)('docker', args, { env, maxBuffer: MAX_OUTPUT_BYTES });
      return stdout.trim();
    } catch (cause) {
      // What a step of a build complains of is on standard output.
      const { stdout, stderr, message } = cause as Error & { stdout?: string; stderr?: string };
      throw new Error(`docker ${args[0]}: ${stdout?.slice(-SHOWN_CHARACTERS)}\n${stderr || message}`, { cause });
    }
  };
  return { environment: env, docker };
}

const answers = ({ docker }: Pick<DockerEngine, 'docker'>) =>
  docker('version', '--format', '{{.Server.Version}}').then(
    () => true,
    () => false,
  );

/** The shell between us and the engine ends it, and removes its traces, when our end of its standard input closes, however we end. */
const KEEPER = 'dockerd "$@" & read -r _; kill $!; wait $!; umount "$0"/exec/netns/*; rm -rf "$0"';

async function startOwn(data: string): Promise<DockerEngine> {
  await mkdir(data, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'rise-docker-'));
  const host = `unix://${folder}/socket`;
  const places = [`--data-root=${data}`, `--exec-root=${folder}/exec`, `--pidfile=${folder}/pid`, `--host=${host}`];
  const network = ['--bridge=none', '--iptables=false', '--ip6tables=false'];
  const keeper = spawn('sh', ['-c', KEEPER, folder, '--storage-driver=overlay2', ...network, ...places], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const log = join(folder, 'log');
  keeper.stderr.pipe(createWriteStream(log));
  const ended = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
  const stop = async () => {
    keeper.stdin.end();
    await ended;
  };
  const engine = connect({ ...process.env, DOCKER_HOST: host });
  const deadline = Date.now() + START_MILLISECONDS;
  while (!(await answers(engine))) {
    if (Date.now() > deadline) {
      const said = await readFile(log, 'utf8');
      await stop();
      throw new Error(`dockerd does not answer:\n${said.slice(-2000)}`);
    }
    await sleep(200);
  }
  return { ...engine, stop };
}
