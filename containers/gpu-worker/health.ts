import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matMul, tensor2d } from '@tensorflow/tfjs-core';
import { loadBackend } from '../../src/engine/runtime/backend.ts';
import { nodeBackend } from '../../src/engine/runtime/node-backend.ts';
import { createTracedExecutor } from '../../src/engine/runtime/traced-executor.ts';

/** What a worker has where it runs. */
export interface Health {
  node: string;
  device: 'GPU' | 'CPU';
  user: number | undefined;
  /** Resident memory with TensorFlow loaded. */
  residentBytes: number;
}

/**
 * Tries what every job needs: TensorFlow, a graph run in a session, a temporary folder to write to. Throws what fails,
 * `MissingBackendError` where TensorFlow does not load.
 */
export function examineHealth(): Health {
  loadBackend();
  multiplyInSession();
  rmdirSync(mkdtempSync(join(tmpdir(), 'rise-health-')));
  return {
    node: process.versions.node,
    device: nodeBackend().isUsingGpuDevice ? 'GPU' : 'CPU',
    user: process.getuid?.(),
    residentBytes: process.memoryUsage.rss(),
  };
}

function multiplyInSession(): void {
  const executor = createTracedExecutor();
  const square = executor.define(({ x }: { x: ReturnType<typeof tensor2d> }) => ({ product: matMul(x, x) }));
  const product = [...square({ x: tensor2d([1, 2, 3, 4], [2, 2]) }).product.dataSync()];
  executor.dispose();
  if (String(product) !== '7,10,15,22') throw new Error(`TensorFlow gives ${product} for the square of 1,2,3,4`);
}
