import { dirname, join } from 'node:path';
import { hasAddon, installAddon } from './addon.mjs';
import { hasBinding, installBinding } from './binding.mjs';
import { hasDependencies, installDependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { hasNode, installNode, nodePath } from './node-runtime.mjs';
import { cacheFolder } from './places.mjs';
import { foreground, stopWithParent } from './processes.mjs';
import { step } from './steps.mjs';
import { chooseTensorflow, hasTensorflow, installTensorflow, tensorflowEnvironment } from './tensorflow.mjs';

/**
 * Makes sure of the locked dependencies and of a Node that runs TypeScript. Where that is not the running one, this
 * process runs the same command line again with it, the system's certificates trusted, waits, and exits as it does.
 */
export async function setUpNode() {
  stopWithParent();
  await unless(hasDependencies, () =>
    step('dependencies', installDependencies, (count) => `${count} packages as locked`),
  );
  await unless(hasNode, () => step('Node', installNode, (version) => `${version} in ${cacheFolder()}`));
  const { HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY } = process.env;
  const needsProxy = Boolean(HTTPS_PROXY || https_proxy) && NODE_USE_ENV_PROXY === undefined;
  if (nodePath() !== process.execPath || needsProxy)
    await runAgain({ NODE_USE_ENV_PROXY: '1', NODE_USE_SYSTEM_CA: '1' });
}

/**
 * Makes sure of TensorFlow's binding, its library and the addon that joins them, after `setUpNode`. Where the loader must be
 * told of CUDA, runs the command line again with the environment that does.
 */
export async function setUpTensorflow() {
  await unless(hasBinding, () => step('binding', installBinding, () => 'laid beside this package'));
  const tensorflow = await chooseTensorflow();
  await unless(
    () => hasTensorflow(tensorflow),
    () =>
      step(
        'TensorFlow',
        () => installTensorflow(tensorflow),
        () => `${tensorflow.version} in ${tensorflow.folder}`,
      ),
  );
  await unless(
    () => hasAddon(tensorflow),
    () =>
      step(
        'addon',
        () => installAddon(tensorflow, process.execPath),
        (origin) => origin,
      ),
  );
  const environment = tensorflowEnvironment(tensorflow);
  if (Object.keys(environment).length > 0) await runAgain(environment);
}

/** Prints what failed and what to do, and ends the process. @param {unknown} error */
export function exitOnFailure(error) {
  const remedy = /** @type {{ remedy?: string }} */ (error).remedy;
  if (remedy === undefined) throw error;
  console.error(`${/** @type {Error} */ (error).message}\n${remedy}`);
  process.exit(1);
}

async function runAgain(environment) {
  const node = nodePath();
  const path = `${dirname(node)}:${process.env.PATH}`;
  process.exit(await foreground(node, process.argv.slice(1), { ...process.env, PATH: path, ...environment }));
}

/** Does the work only when the check fails, and then under the lock, where another process may have done it. */
async function unless(check, work) {
  if (check()) return;
  await withLock(join(cacheFolder(), 'set-up.lock'), async () => {
    if (!check()) await work();
  });
}
