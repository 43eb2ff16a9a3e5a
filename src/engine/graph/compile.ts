import type * as tf from '@tensorflow/tfjs-core';
import { describeTree } from './tensor-tree.ts';
import { type TracedFunction, trace } from './trace.ts';

/** Bounds what sessions hold; the least recently used goes first. */
const MAX_GRAPHS = 32;

/** A function that runs as traced graphs, one per shape of its inputs. */
export interface CompiledFunction<Inputs, Outputs> {
  /** The caller disposes the outputs. */
  (inputs: Inputs): Outputs;
  readonly graphCount: number;
  /** Frees every graph. */
  dispose(): void;
}

/**
 * Runs `compute` as it is on shapes it meets for the first time, and as a traced graph from the second time on: shapes
 * that never come back cost no tracing. Pad inputs to few sizes, so that shapes do come back.
 * What `trace` asks of `compute` holds here; it also throws what `trace` throws.
 */
export function compile<Inputs, Outputs>(
  compute: (inputs: Inputs) => Outputs,
  variables: readonly tf.Variable[],
): CompiledFunction<Inputs, Outputs> {
  const graphs = new Map<string, TracedFunction<Inputs, Outputs>>();
  const seen = new Set<string>();
  const call = (inputs: Inputs): Outputs => {
    const key = describeTree(inputs);
    const graph = graphs.get(key);
    if (graph) {
      graphs.delete(key);
      graphs.set(key, graph);
      return graph.run(inputs);
    }
    if (!seen.has(key)) {
      seen.add(key);
      return compute(inputs);
    }
    const { traced, outputs } = trace(compute, inputs, variables);
    graphs.set(key, traced);
    if (graphs.size > MAX_GRAPHS) disposeOldest(graphs);
    return outputs;
  };
  const dispose = () => {
    for (const graph of graphs.values()) graph.dispose();
    graphs.clear();
  };
  return Object.defineProperty(Object.assign(call, { dispose }), 'graphCount', {
    get: () => graphs.size,
  }) as CompiledFunction<Inputs, Outputs>;
}

function disposeOldest(graphs: Map<string, { dispose(): void }>): void {
  const [[key, graph]] = graphs;
  graph.dispose();
  graphs.delete(key);
}
