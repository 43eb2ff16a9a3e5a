import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { matMul, randomNormal } from '@tensorflow/tfjs-core';
import type { Finding } from '../../base/finding.ts';
import { packageRoot } from '../../base/package-root.ts';
import { loadBackend } from '../../engine/runtime/backend.ts';

/** What set-up writes beside the addon it built. */
export interface AddonRecord {
  /** TensorFlow's version. */
  tensorflow: string;
  /** Platform and device, for instance `linux-x64-cpu`. */
  build: string;
  /** The folder of the TensorFlow library. */
  lib: string;
}

export function readAddonRecord(): AddonRecord | undefined {
  const record = '@tensorflow/tfjs-node-gpu/lib/napi-v8/metis-rise.json';
  const folders = createRequire(join(packageRoot, 'package.json')).resolve.paths(record) ?? [];
  const path = folders.map((folder) => join(folder, record)).find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'));
}

/** Loads TensorFlow and times a matrix product, which shows that it works and how fast. */
export function examineTensorflow(addon: AddonRecord | undefined): Finding[] {
  const installed = addon ? `${addon.tensorflow}, ${addon.build} (${addon.lib})` : 'not installed by set-up';
  try {
    loadBackend();
    return [
      { name: 'TensorFlow', value: installed },
      { name: 'Matrix product', value: `${Math.round(measureGigaflops())} GFLOP/s (float32, 1024 x 1024 x 1024)` },
    ];
  } catch (error) {
    return [{ name: 'TensorFlow', value: installed, remedy: (error as Error).message }];
  }
}

/** Billions of float32 operations per second in the fastest of five products of 1024 x 1024 matrices. */
function measureGigaflops(): number {
  const size = 1024;
  const a = randomNormal([size, size]);
  const seconds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    const product = matMul(a, a);
    product.dataSync();
    product.dispose();
    return (performance.now() - start) / 1000;
  });
  a.dispose();
  return (2 * size ** 3) / Math.min(...seconds) / 1e9;
}
