import { createEagerExecutor } from './eager-executor.ts';
import type { Executor } from './executor.ts';
import { createTracedExecutor } from './traced-executor.ts';

/** How functions run: as traced graphs in one session, or op by op, which is slower and the reference. */
export type Engine = 'traced' | 'eager';

export function createExecutor(engine: Engine): Executor {
  return engine === 'traced' ? createTracedExecutor() : createEagerExecutor();
}
