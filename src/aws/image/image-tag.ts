import { packageRoot } from '../../base/package-root.ts';
import { hashDockerContext, listDockerContext } from './docker-context.ts';

/** The tag of this checkout's image: the same sources have the same one, so that it is built and pushed once. */
export const tagOfSources = (buildArgs: readonly string[] = []): string =>
  `sources-${hashDockerContext(packageRoot, listDockerContext(packageRoot), buildArgs)}`;
