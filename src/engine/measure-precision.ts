// Shape suffixes: M = rows, D = model width, I = width inside the MLP.
import * as tf from '@tensorflow/tfjs-core';
import { createLayers, gatedMlp } from './models/layers.ts';
import { readModelConfig } from './policy.ts';
import { loadBackend } from './runtime/backend.ts';
import type { Precision } from './runtime/rewrites/mixed-precision.ts';
import { createTracedExecutor } from './runtime/traced-executor.ts';
import type { ModelFiles } from './weights/model-files.ts';

/** Which precision is faster, and by what that is known. */
export interface PrecisionChoice {
  precision: Precision;
  reason: string;
  /** Of one MLP of the model; absent where nothing had to be measured. */
  milliseconds?: Record<Precision, number>;
}

/**
 * Narrower models spend little of their time on products: bf16 saves a seventh of rise-tiny's training and nothing of its
 * sampling. Where nothing is measured, nothing can come out otherwise another time.
 */
const LEAST_WIDTH = 384;

/** Share of float32's time that bf16 must not pass. With AMX it takes 0.3 to 0.45, with AVX-512's bfloat16 1.3, without 3.2. */
const MOST_SHARE = 2 / 3;

const ROWS = 128;
/** Wider models are measured at this width: what they gain is the same. */
const MOST_WIDTH = 512;
const MOST_INNER_WIDTH = 2048;
const RUNS = 6;

/**
 * Runs an MLP of a checkpoint's shape both ways, which takes a fraction of a second, and chooses bf16 where it clearly wins.
 */
export async function measurePrecision(files: ModelFiles): Promise<PrecisionChoice> {
  const { hiddenSize, intermediateSize } = (await readModelConfig(files)).text;
  if (hiddenSize < LEAST_WIDTH) {
    return { precision: 'float32', reason: `a model of width ${hiddenSize} gains little by bf16` };
  }
  loadBackend();
  const [width, innerWidth] = [Math.min(hiddenSize, MOST_WIDTH), Math.min(intermediateSize, MOST_INNER_WIDTH)];
  const mlps = (['float32', 'bf16'] as const).map((precision) => createMlp(precision, width, innerWidth));
  const times: number[][] = mlps.map(() => []);
  // In turn, so that other work on the machine slows both down; the first run builds the graph.
  for (let run = 0; run <= RUNS; run++) {
    for (const [at, mlp] of mlps.entries()) {
      const time = mlp.run();
      if (run > 0) times[at].push(time);
    }
  }
  for (const { dispose } of mlps) dispose();
  const [float32, bf16] = times.map((each) => Math.min(...each));
  const isFaster = bf16 <= MOST_SHARE * float32;
  return {
    precision: isFaster ? 'bf16' : 'float32',
    reason: `products of matrices ${isFaster ? 'are' : 'are not'} clearly faster in bf16 here`,
    milliseconds: { float32, bf16 },
  };
}

function createMlp(precision: Precision, D: number, I: number) {
  const executor = createTracedExecutor(precision);
  const variable = (shape: [number, number]) => tf.tidy(() => tf.variable(tf.fill(shape, 1 / D)));
  const parts = new Map([
    ['mlp.gate_proj.weight', variable([I, D])],
    ['mlp.up_proj.weight', variable([I, D])],
    ['mlp.down_proj.weight', variable([D, I])],
  ]);
  for (const part of parts.values()) executor.adopt(part);
  const layers = createLayers(parts);
  const run = executor.define((x_MD: tf.Tensor2D) => gatedMlp(x_MD, layers, 'mlp'));
  const x_MD = tf.fill([ROWS, D], 1) as tf.Tensor2D;
  return {
    /** Milliseconds of a run. */
    run(): number {
      const started = performance.now();
      run(x_MD).dispose();
      return performance.now() - started;
    },
    dispose(): void {
      executor.dispose();
      tf.dispose([x_MD, ...parts.values()]);
    },
  };
}
