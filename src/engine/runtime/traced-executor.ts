import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Preparation, Run, WeightForm } from './executor.ts';
import { createGraphSession, type HostArray, typeAttribute } from './graph-session.ts';
import { drainValues, type NativeTensor } from './native-tensor.ts';
import { recordOps } from './record-ops.ts';
import { createRewrites, type Precision } from './rewrites/mixed-precision.ts';
import { SessionRowTable } from './session-row-table.ts';
import { SessionVariable, type Trace } from './session-variable.ts';
import { ShiftedVariable, shiftTensor } from './shifted-weight.ts';
import { describeTree, listTensors, mapTensors } from './tensor-tree.ts';
import { nativeTensorOf } from './weight-variable.ts';

/**
 * Records each function once per shape of its inputs as a TensorFlow graph; afterwards a call costs one session call in
 * place of one per op. All functions share one session, and so its variables: numbers that stay in it are never copied out.
 * Pad inputs to few sizes.
 */
export function createTracedExecutor(precision: Precision = 'float32'): Executor {
  const session = createGraphSession();
  const beginRewrite = createRewrites(session, precision);
  const adopted = new Map<tf.Variable, SessionVariable>();
  const current: { trace?: Trace } = {};
  const preparation: Preparation = { graphs: 0, traceSeconds: 0, firstRunSeconds: 0 };

  function trace<Inputs, Outputs>(compute: Run<Inputs, Outputs>, inputs: Inputs): Run<Inputs, Outputs> {
    const placeholders = listTensors(inputs).map(({ dtype, shape }) => session.addPlaceholder(dtype, shape));
    // By data, since gradients hold copies of a weight's tensor that share it.
    const weights = new Map([...adopted].map(([weight, variable]) => [weight.dataId, variable]));
    const rewrite = beginRewrite();
    const giveName = (tensor: tf.Tensor) => {
      const weight = weights.get(tensor.dataId);
      const reading = weight?.readOutput();
      if (weight && reading && !weight.isWritten) rewrite.noteWeight(reading, weight);
      return reading;
    };
    const { outputs, fetches, targets, written } = recordOps(rewrite, giveName, (recording) => {
      const trace: Trace = { recording, accesses: new Map(), writes: [] };
      current.trace = trace;
      try {
        let next = 0;
        const outputs = compute(mapTensors(inputs, () => recording.toTensor(placeholders[next++])) as Inputs);
        const written = [...trace.accesses.keys()].filter(({ isWritten }) => isWritten);
        return { outputs, fetches: listTensors(outputs).map(recording.outputOf), targets: trace.writes, written };
      } finally {
        current.trace = undefined;
      }
    });
    // Now only the tree of the recorded outputs counts.
    tf.dispose(listTensors(outputs));
    return (inputs) => {
      rewrite.prepare();
      for (const variable of written) variable.noteChange();
      const results = session.run(placeholders, listTensors(inputs).map(toHostArray), fetches, targets);
      let next = 0;
      return mapTensors(outputs, () => toTensor(results[next++])) as Outputs;
    };
  }

  /** Vectors are widened too: every op but a product would widen them anew. */
  function createWeight(weight: tf.Variable, form: WeightForm): SessionVariable {
    const stored = nativeTensorOf(weight);
    if (!stored) return new SessionVariable(session, current, toHostArray(weight));
    const staysAsStored = precision === 'bf16' && form === 'stored' && stored.shape.length > 1;
    const parts = staysAsStored ? shiftTensor(stored) : undefined;
    if (parts) return new ShiftedVariable(session, current, parts);
    if (staysAsStored || (form === 'stored' && stored.dtype === 'float32'))
      return new SessionVariable(session, current, stored);
    return createWide(stored);
  }

  /** Functions that were recorded before see the weight as it was. */
  function inForm(known: SessionVariable, form: WeightForm): SessionVariable {
    if (form === 'stored' || known.dtype === 'float32') return known;
    const stored = known.fetch();
    const variable = createWide(stored);
    stored.release();
    return variable;
  }

  function createWide(stored: NativeTensor): SessionVariable {
    const wide = stored.widen();
    const variable = new SessionVariable(session, current, wide);
    wide.release();
    return variable;
  }

  return {
    createVariable: (initial) => new SessionVariable(session, current, initial),
    createRowTable: (rows, width) =>
      new SessionRowTable(session, current, [rows, width], precision === 'bf16' ? 'bfloat16' : 'float32'),
    adopt(weight, form = 'stored') {
      const known = adopted.get(weight);
      const variable = known ? inForm(known, form) : createWeight(weight, form);
      variable.isAlone ||= form === 'float32-alone';
      adopted.set(weight, variable);
      return variable;
    },
    read: (variables) => SessionVariable.read(session, variables as SessionVariable[]),
    drain: (variable) => drainValues((variable as SessionVariable).fetch()),
    define<Inputs, Outputs>(compute: Run<Inputs, Outputs>): Run<Inputs, Outputs> {
      const graphs = new Map<string, Run<Inputs, Outputs>>();
      return (inputs) => {
        const key = describeTree(inputs);
        const known = graphs.get(key);
        if (known) return known(inputs);
        const began = performance.now();
        const graph = trace(compute, inputs);
        graphs.set(key, graph);
        const traced = performance.now();
        const outputs = graph(inputs);
        preparation.graphs += 1;
        preparation.traceSeconds += (traced - began) / 1000;
        preparation.firstRunSeconds += (performance.now() - traced) / 1000;
        return outputs;
      };
    },
    wait(x, others) {
      const { recording, writes } = current.trace!;
      const controls = [...others.map((other) => recording.outputOf(other).op), ...writes];
      const [output] = session.addOp('Identity', [recording.outputOf(x)], [typeAttribute('float32')], controls);
      return recording.toTensor(output);
    },
    isTraced: true,
    preparation,
    dispose: () => session.close(),
  };
}

function toHostArray(tensor: tf.Tensor): HostArray {
  const { dtype, shape } = tensor;
  return { dtype, shape, data: tensor.dataSync() as HostArray['data'] };
}

const toTensor = ({ data, shape, dtype }: HostArray) => tf.tensor(data, [...shape], dtype);
