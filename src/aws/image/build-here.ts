import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { packageRoot } from '../../base/package-root.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { type ImageReference, readPassword, registryOf } from './repository.ts';

export interface BuildRequest {
  /** Commit of the checkout, for the image's label. */
  revision: string;
  /** `NAME=value` each, of the Dockerfile's arguments. */
  buildArgs: readonly string[];
  /** Standard output is for the result alone; what Docker prints goes to standard error. */
  isQuiet: boolean;
}

/** Builds the worker's image with the Docker of this machine and pushes it. Throws `InvalidInputError` where Docker fails. */
export async function buildHere({ repositoryUri, tag }: ImageReference, request: BuildRequest): Promise<void> {
  const image = `${repositoryUri}:${tag}`;
  const args = [`REVISION=${request.revision}`, ...request.buildArgs].flatMap((each) => ['--build-arg', each]);
  const file = ['--file', 'containers/gpu-worker/Dockerfile'];
  // The instances are x64, whatever this machine is.
  await docker(['build', '--platform', 'linux/amd64', ...file, ...args, '--tag', image, '.'], request);
  const login = ['login', '--username', 'AWS', '--password-stdin', registryOf(repositoryUri)];
  await docker(login, request, await readPassword());
  await docker(['push', image], request);
}

async function docker(args: readonly string[], { isQuiet }: BuildRequest, input = ''): Promise<void> {
  const child = spawn('docker', args, {
    cwd: packageRoot,
    env: process.env,
    stdio: ['pipe', isQuiet ? process.stderr : 'inherit', 'inherit'],
  });
  // It may end before it has read everything; its exit code says why.
  child.stdin!.on('error', () => {}).end(input);
  const [code, signal] = await once(child, 'close').catch((cause) => {
    const remedy = 'install Docker, or build with rise image --in-aws';
    throw new InvalidInputError(`docker cannot be started (${(cause as Error).message}); ${remedy}`, { cause });
  });
  if (code === 0) return;
  const ended = signal ?? `exit code ${code}`;
  throw new InvalidInputError(`docker ${args[0]} ended with ${ended}; what it printed above says why`);
}
