import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, statfs, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { download } from './download.mjs';
import { tensorflowBuilds } from './pins.mjs';
import { cacheFolder, platform } from './places.mjs';
import { capture } from './processes.mjs';
import { wheelUrl } from './python-index.mjs';
import { SetupError } from './steps.mjs';
import { unzip } from './unzip.mjs';

const isMac = process.platform === 'darwin';
const libraryFile = (name) => (isMac ? `lib${name}.2.dylib` : `lib${name}.so.2`);
const linkFile = (name) => (isMac ? `lib${name}.dylib` : `lib${name}.so`);

/** The C API and what it includes. */
const headerFolders = [
  'tensorflow/c',
  'tensorflow/core/platform',
  'tensorflow/core/common_runtime/next_pluggable_device/c',
  'tsl',
  'xla/tsl',
];
const headers = new RegExp(`^tensorflow/include/((${headerFolders.join('|')})/.*\\.h)$`);
const cudaLibrary = /^nvidia\/\w+\/lib\/([^/]+\.so[.\d]*)$/;
const cudaCompiler = /^nvidia\/cuda_nvcc\/((bin\/ptxas|nvvm\/libdevice\/.*))$/;

/**
 * The TensorFlow build for this machine: CUDA where an NVIDIA GPU answers, else CPU. `RISE_TENSORFLOW` says which where the
 * machine that runs it is another one, as when an image is built.
 * @returns {Promise<{ key: string, version: string, folder: string, lib: string, cuda?: string }>}
 */
export async function chooseTensorflow() {
  const flavour = process.env.RISE_TENSORFLOW ?? (platform === 'linux-x64' && (await hasNvidiaGpu()) ? 'cuda' : 'cpu');
  const key = `${platform}-${flavour}`;
  const build = tensorflowBuilds[key];
  if (!build) {
    throw new SetupError(
      `TensorFlow has no build for ${key}`,
      `Use one of: ${Object.keys(tensorflowBuilds).join(', ')}.`,
    );
  }
  const folder = join(cacheFolder(), `tensorflow-${build.version}-${key}`);
  return {
    key,
    version: build.version,
    folder,
    lib: join(folder, 'lib'),
    ...(flavour === 'cuda' && { cuda: join(folder, 'cuda') }),
  };
}

/** True when the build is in the cache, with all headers: its folder gets its name only when whole. */
export function hasTensorflow({ lib, folder }) {
  const parts = [
    join(lib, libraryFile('tensorflow_cc')),
    ...headerFolders.map((name) => join(folder, 'include', name)),
  ];
  return parts.every(existsSync);
}

/** What the dynamic loader and XLA need to find CUDA; nothing on other machines. */
export function tensorflowEnvironment({ cuda }) {
  if (!cuda) return {};
  const { LD_LIBRARY_PATH, XLA_FLAGS } = process.env;
  const search = join(cuda, 'lib');
  if (LD_LIBRARY_PATH?.split(':').includes(search)) return {};
  return {
    LD_LIBRARY_PATH: [search, LD_LIBRARY_PATH].filter(Boolean).join(':'),
    XLA_FLAGS: [`--xla_gpu_cuda_data_dir=${cuda}`, XLA_FLAGS].filter(Boolean).join(' '),
  };
}

/** Fetches the pinned wheels and lays their libraries and headers in the cache. */
export async function installTensorflow({ key, folder }) {
  const { wheels, unpackedBytes } = tensorflowBuilds[key];
  await mkdir(cacheFolder(), { recursive: true });
  await checkSpace(unpackedBytes * 1.5);
  const staging = await mkdtemp(join(cacheFolder(), 'tensorflow-'));
  try {
    for (const [fileName, sha256] of wheels) {
      const wheel = join(cacheFolder(), 'downloads', fileName);
      await download(() => wheelUrl(fileName), wheel, sha256);
      await unzip(wheel, (name) => placeOf(name, staging));
      await rm(wheel);
    }
    for (const [link, target] of [
      ['tensorflow', 'tensorflow_cc'],
      ['tensorflow_framework', 'tensorflow_framework'],
    ]) {
      await symlink(libraryFile(target), join(staging, 'lib', linkFile(link)));
    }
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Where a file of a wheel goes; most files stay out. */
function placeOf(name, folder) {
  const file = basename(name);
  if (
    name === `tensorflow/${file}` &&
    [libraryFile('tensorflow_cc'), libraryFile('tensorflow_framework')].includes(file)
  ) {
    return join(folder, 'lib', file);
  }
  const header = headers.exec(name)?.[1];
  if (header) return join(folder, 'include', header);
  const library = cudaLibrary.exec(name)?.[1];
  if (library) return join(folder, 'cuda', 'lib', library);
  const compiler = cudaCompiler.exec(name)?.[1];
  return compiler && join(folder, 'cuda', compiler);
}

async function checkSpace(bytes) {
  const { bavail, bsize } = await statfs(cacheFolder());
  if (bavail * bsize >= bytes) return;
  throw new SetupError(
    `${cacheFolder()} has ${((bavail * bsize) / 1e9).toFixed(1)} GB free; TensorFlow needs ${(bytes / 1e9).toFixed(1)} GB`,
    'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
  );
}

async function hasNvidiaGpu() {
  const { code, output } = await capture('nvidia-smi', ['-L'], { signal: AbortSignal.timeout(10_000) });
  return code === 0 && output.includes('GPU ');
}
