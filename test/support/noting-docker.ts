import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

/**
 * Puts a program named `docker` into a folder, for a path, that takes Docker's part: it notes its calls, and a push has the
 * effect of one on the repository. Where the environment has `DOCKER_FAILS`, the command of that name fails.
 */
export function installNotingDocker(folder: string) {
  const file = join(folder, 'docker');
  const notes = join(folder, 'docker.jsonl');
  writeFileSync(file, programThatNotes(notes));
  chmodSync(file, 0o755);
  return {
    /** Each with its arguments and, after `<`, what it read from standard input. */
    calls: (): string[][] =>
      (existsSync(notes) ? readFileSync(notes, 'utf8') : '')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    forget: () => rmSync(notes, { force: true }),
  };
}

const programThatNotes = (notes: string) => `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const { ECR } = require('${packageRoot}/node_modules/@aws-sdk/client-ecr');
const [command, ...args] = process.argv.slice(2);
const input = readFileSync(0, 'utf8');
appendFileSync('${notes}', JSON.stringify([command, ...args, ...(input ? ['<', input] : [])]) + '\\n');
if (process.env.DOCKER_FAILS === command) process.exit(1);
if (command === 'push') {
  const [, uri, imageTag] = /^(.+):([^:]+)$/.exec(args[0]);
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const config = { mediaType: 'any', size: 1, digest: imageTag };
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
  new ECR({}).putImage({ repositoryName: uri.slice(uri.indexOf('/') + 1), imageTag, imageManifest });
}
`;
