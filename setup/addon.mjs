import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, dependencyFolder, packageRoot } from './places.mjs';
import { capture, lastLines } from './processes.mjs';
import { SetupError } from './steps.mjs';
import { tensorflowEnvironment } from './tensorflow.mjs';

const files = ['tfjs_binding.node', 'graph_session.node', 'standard_error.node'];
const sourceFolder = join(packageRoot, 'native');
/** Sources of our own addons: the session with the tensors it takes, and the ops of our own that it brings into TensorFlow. */
const graphSession = ['graph-session.cc', 'native-tensor.cc', 'native-tensor.h', 'shifted-tensor.cc', 'values.h'].map(
  (file) => join(sourceFolder, file),
);
const standardError = join(sourceFolder, 'standard-error.cc');
const kernelFolder = join(sourceFolder, 'kernels');
const kernels = readdirSync(kernelFolder)
  .sort()
  .map((file) => join(kernelFolder, file));
const isMac = process.platform === 'darwin';
const compiler = isMac ? 'clang++' : 'g++';

/** True when the addon in `node_modules` was built against this TensorFlow in this cache. */
export function hasAddon(tensorflow) {
  const { record, target, digest } = places(tensorflow);
  if (!existsSync(record) || !files.every((file) => existsSync(join(target, file)))) return false;
  const placed = JSON.parse(readFileSync(record, 'utf8'));
  return placed.lib === tensorflow.lib && placed.sources === digest;
}

/**
 * Puts the addon beside its JavaScript: from the cache, or compiled. One that does not load (its library has moved,
 * say) is compiled afresh.
 * @param {Awaited<ReturnType<typeof import('./tensorflow.mjs').chooseTensorflow>>} tensorflow
 * @param {string} node the Node that will load it
 * @returns {Promise<'compiled' | 'from the cache'>}
 */
export async function installAddon(tensorflow, node) {
  const { built } = places(tensorflow);
  if (existsSync(built)) {
    await place(tensorflow);
    if ((await loadFault(tensorflow, node)) === undefined) return 'from the cache';
  }
  await compileAll(tensorflow);
  await place(tensorflow);
  const fault = await loadFault(tensorflow, node);
  if (fault === undefined) return 'compiled';
  await rm(places(tensorflow).record, { force: true });
  throw new SetupError(
    `the addon does not load:\n${fault}`,
    `TensorFlow ${tensorflow.version} needs glibc 2.27 or macOS 12, and a CPU with AVX on x64. Remove ${tensorflow.folder} if it is damaged.`,
  );
}

function places({ key, version, lib }) {
  const tfjs = dependencyFolder('@tensorflow/tfjs-node-gpu');
  const tfjsVersion = JSON.parse(readFileSync(join(tfjs, 'package.json'), 'utf8')).version;
  const target = join(tfjs, 'lib', 'napi-v8');
  const digest = digestSources();
  return {
    tfjs,
    lib,
    target,
    digest,
    record: join(target, 'metis-rise.json'),
    built: join(cacheFolder(), `addon-${digest}-tfjs-${tfjsVersion}-tensorflow-${version}-${key}`),
  };
}

/** Changes with every change of the sources: what was built from others is not taken. */
function digestSources() {
  const hash = createHash('sha256');
  for (const source of [...graphSession, standardError, ...kernels]) hash.update(readFileSync(source));
  return hash.digest('hex').slice(0, 8);
}

async function place(tensorflow) {
  const { built, target, record, digest } = places(tensorflow);
  await mkdir(target, { recursive: true });
  for (const file of files) {
    // A running process keeps the old file: a rename never changes what it has mapped.
    await copyFile(join(built, file), join(target, `${file}.new`));
    await rename(join(target, `${file}.new`), join(target, file));
  }
  const { key, version, lib } = tensorflow;
  await writeFile(record, `${JSON.stringify({ tensorflow: version, build: key, lib, sources: digest }, null, 2)}\n`);
}

async function compileAll(tensorflow) {
  const { built, tfjs, lib } = places(tensorflow);
  const include = join(tensorflow.folder, 'include');
  const staging = await mkdtemp(join(cacheFolder(), 'addon-'));
  try {
    const tensorflowApi = [`-I${include}`, `-L${lib}`, '-ltensorflow', '-ltensorflow_framework', `-Wl,-rpath,${lib}`];
    const tfjsSources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(tfjs, 'binding', file));
    const sessionSources = [...graphSession, ...kernels].filter((file) => file.endsWith('.cc'));
    await Promise.all([
      compile([...tfjsSources, `-I${tfjs}`, '-o', join(staging, files[0]), ...tensorflowApi]),
      compile([...sessionSources, ...vectorCode, '-o', join(staging, files[1]), ...tensorflowApi]),
      compile([standardError, '-o', join(staging, files[2])]),
    ]);
    await rm(built, { recursive: true, force: true });
    await rename(staging, built);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Loops become vector code, without what changes a number; vectors are wider than the oldest CPUs'. */
const vectorCode = [
  '-O3',
  '-fopenmp-simd',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-ffp-contract=fast',
  '-Wno-psabi',
];

async function compile(args) {
  const common = ['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'];
  const headers = `-I${join(dependencyFolder('node-api-headers'), 'include')}`;
  const loader = isMac ? ['-undefined', 'dynamic_lookup'] : [];
  const { code, output } = await capture(compiler, [...common, ...loader, headers, ...args]);
  if (code === 0) return;
  if (code === 127) {
    throw new SetupError(
      `there is no C++ compiler (${compiler}) on the PATH`,
      isMac
        ? 'Run `xcode-select --install`.'
        : "Run `sudo apt-get install g++` (or your distribution's package of it).",
    );
  }
  throw new SetupError(
    `${compiler} could not compile ${basename(args[0])}:\n${lastLines(output)}`,
    'A compiler with C++17 is needed: g++ 8 or clang 10 or newer.',
  );
}

/** Loads the addon in a process of its own; undefined when that works, else what was said. */
async function loadFault(tensorflow, node) {
  const binding = join(places(tensorflow).target, files[0]);
  const env = { ...process.env, ...tensorflowEnvironment(tensorflow), TF_CPP_MIN_LOG_LEVEL: '2' };
  const { code, output } = await capture(node, ['-e', `require(${JSON.stringify(binding)})`], { env });
  return code === 0 ? undefined : lastLines(output);
}
