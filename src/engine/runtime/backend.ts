import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import { getBackend } from '@tensorflow/tfjs-core';
import { packageRoot } from '../../base/package-root.ts';
import { MissingBackendError } from '../../schema/errors.ts';

const backendPackage = '@tensorflow/tfjs-node-gpu';
const requirePackage = createRequire(join(packageRoot, 'package.json'));

let loaded = false;

/**
 * Loads TensorFlow and makes it the backend of `@tensorflow/tfjs-core`, with every kernel and gradient registered.
 * Only this file names the binding; call it once per process before the first op. Later calls return at once.
 * @throws MissingBackendError when the addon or the TensorFlow library cannot be loaded.
 */
export function loadBackend(): void {
  if (loaded) return;
  // TensorFlow reads its log level while the library loads: 2 keeps errors.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreRemovedUtil();
  try {
    withoutBanner(() => requirePackage(backendPackage));
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0].trim();
    throw new MissingBackendError(`TensorFlow does not load (${reason}); run \`npx rise setup\`, which installs it`, {
      cause: error,
    });
  }
  loaded = true;
}

/** The addon that set-up builds for traced graphs. */
export function loadGraphAddon(): unknown {
  return requirePackage(`${backendPackage}/lib/napi-v8/graph_session.node`);
}

/** The name tfjs gives the backend in use: `tensorflow` after `loadBackend`. */
export function backendName(): string {
  return getBackend();
}

/** tfjs-node 4.22 calls two functions of `util` that newer Nodes have removed, or warn about. */
function restoreRemovedUtil(): void {
  const legacy = util as unknown as Record<string, (value: unknown) => boolean>;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray = Array.isArray;
}

/** Keeps TensorFlow's start-up banner off standard error, with the small addon that set-up builds for this. */
function withoutBanner(load: () => void): void {
  const standardError: { silence(): void; restore(): void } = requirePackage(
    `${backendPackage}/lib/napi-v8/standard_error.node`,
  );
  standardError.silence();
  try {
    load();
  } finally {
    standardError.restore();
  }
}
