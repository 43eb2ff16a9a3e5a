import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../base/package-root.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { readContext, writeContext } from '../choices.ts';
import type { AwsOptions } from '../settings.ts';
import { withDeployment } from '../with-deployment.ts';
import { buildHere } from './build-here.ts';
import { buildInAws } from './build-in-aws.ts';
import { tagOfSources } from './image-tag.ts';
import { findImage } from './repository.ts';

export interface ImageRequest {
  /** By default made of the sources. */
  tag?: string;
  place: 'here' | 'aws';
  /** For a build here, `NAME=value` each. */
  buildArgs: readonly string[];
  isQuiet: boolean;
  /** Where choices are kept. */
  contextFile: string;
  onLine: (line: string) => void;
}

/** The worker's image as it is in the repository in the end. */
export interface PublishedImage {
  /** `present`: it was there before; what a tag names never changes. */
  outcome: 'pushed' | 'present';
  image: string;
  tag: string;
  digest: string;
  /** What makes jobs run it: nothing but a start, where the deployed stack names this image already. */
  next: 'start' | 'deploy';
}

/**
 * Builds the worker's image of this checkout, here or on AWS, pushes it to the deployment's repository and keeps its digest as
 * the choice `imageTag`. Throws `InvalidInputError` where there is nothing to build from, or a build fails.
 */
export async function publishImage(options: AwsOptions, request: ImageRequest): Promise<PublishedImage> {
  const { place, buildArgs, isQuiet, contextFile, onLine } = request;
  assertSources();
  if (place === 'aws' && buildArgs.length > 0) {
    throw new InvalidInputError('--build-arg is for a build here; the project on AWS builds with the defaults');
  }
  return withDeployment(options, async (context) => {
    const { workerImages: repositoryUri, choices } = context.deployment;
    const tag = request.tag ?? tagOfSources(buildArgs);
    const reference = { repositoryUri, tag };
    const present = await findImage(reference);
    if (present === undefined) {
      const revision = await readRevision();
      if (place === 'here') await buildHere(reference, { revision, buildArgs, isQuiet });
      else await buildInAws(context, { tag, revision, onLine });
    }
    const stored = present ?? (await findImage(reference));
    if (!stored)
      throw new InvalidInputError(`${repositoryUri} has no image ${tag} after its push; run rise image again`);
    const { digest } = stored;
    writeContext(contextFile, { ...readContext(contextFile), imageTag: digest });
    // A tag never changes: a stack that names this one runs this image.
    const next = [tag, digest].includes(String(choices?.imageTag)) ? 'start' : 'deploy';
    return { outcome: present ? 'present' : 'pushed', image: `${repositoryUri}:${tag}`, tag, digest, next };
  });
}

function assertSources(): void {
  if (existsSync(join(packageRoot, 'containers/gpu-worker/Dockerfile')) && existsSync(join(packageRoot, 'cdk.json')))
    return;
  throw new InvalidInputError(
    `${packageRoot} has no sources to build from; run rise image in a checkout of the project`,
  );
}

/** The commit of the checkout, marked where files differ from it. */
const readRevision = () =>
  promisify(execFile)('git', ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'], {
    cwd: packageRoot,
  }).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  );
