import type * as tf from '@tensorflow/tfjs-core';
import { nodeBackend } from './node-backend.ts';
import { describeTree } from './tensor-tree.ts';
import { type TracedFunction, trace } from './trace.ts';

/** Bounds what sessions hold; the least recently used goes first. */
const MAX_GRAPHS = 32;

/** Tracing a shape costs about as much time as it saves over this many calls. */
const CALLS_TO_PAY = 4;

/** Shapes that a job of calls padded to few sizes has, from experience. */
const SHAPES_PER_JOB = 4;

/** A function that runs as traced graphs, one per shape of its inputs. */
export interface CompiledFunction<Inputs, Outputs> {
  /** The caller disposes the outputs. */
  run(inputs: Inputs): Outputs;
  /** Whether it pays to pad inputs to few sizes. */
  readonly isTraced: boolean;
  readonly graphCount: number;
  /** Frees every graph. */
  dispose(): void;
}

/**
 * Runs `compute` as traced graphs where that pays, and as it is where it does not: few calls, or a GPU (there each call
 * would move the weights through host memory). Which of the two depends on the arguments alone, never on earlier calls,
 * so that a rerun or a resumed job repeats its numbers bit for bit.
 * Pad inputs to few sizes: each shape is traced when it first comes. What `trace` asks of `compute` holds here.
 *
 * @param expectedCalls of the whole job, those before a resume included
 */
export function compile<Inputs, Outputs>(
  compute: (inputs: Inputs) => Outputs,
  variables: readonly tf.Variable[],
  expectedCalls: number,
): CompiledFunction<Inputs, Outputs> {
  if (expectedCalls < CALLS_TO_PAY * SHAPES_PER_JOB || nodeBackend().isUsingGpuDevice) {
    return { run: compute, isTraced: false, graphCount: 0, dispose() {} };
  }
  const graphs = new Map<string, TracedFunction<Inputs, Outputs>>();
  const dispose = (key: string) => {
    graphs.get(key)?.dispose();
    graphs.delete(key);
  };
  return {
    run(inputs) {
      const key = describeTree(inputs);
      const graph = graphs.get(key) ?? trace(compute, inputs, variables);
      // Last in, last out.
      graphs.delete(key);
      graphs.set(key, graph);
      if (graphs.size > MAX_GRAPHS) dispose([...graphs.keys()][0]);
      return graph.run(inputs);
    },
    isTraced: true,
    get graphCount() {
      return graphs.size;
    },
    dispose() {
      for (const key of [...graphs.keys()]) dispose(key);
    },
  };
}
