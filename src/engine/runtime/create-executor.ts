import { UnsupportedModelError } from '../../schema/errors.ts';
import { createEagerExecutor } from './eager-executor.ts';
import type { Executor } from './executor.ts';
import type { Precision } from './rewrites/mixed-precision.ts';
import { createTracedExecutor } from './traced-executor.ts';

/** How functions run: as traced graphs in one session, or op by op, which is slower and the reference. */
export type Engine = 'traced' | 'eager';

/** @throws UnsupportedModelError bf16 op by op: TensorFlow.js has no such tensors, only a graph has */
export function createExecutor(engine: Engine, precision: Precision = 'float32'): Executor {
  if (engine === 'traced') return createTracedExecutor(precision);
  if (precision === 'float32') return createEagerExecutor();
  throw new UnsupportedModelError(
    `the eager engine computes in float32 only, not in ${precision}; use the traced engine`,
  );
}
