import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { addTidyOp } from './add-tidy-op.ts';
import type { GraphOutput, GraphSession, HostArray } from './graph-session.ts';
import { nodeBackend, type OpAttribute } from './node-backend.ts';

/** What of a function's ops is known while it is recorded. */
export interface Recording {
  /** A tensor that stands for an output of the graph; it holds no numbers. */
  toTensor(output: GraphOutput): tf.Tensor;
  /**
   * In a type that TensorFlow.js knows.
   * @throws UnsupportedModelError the tensor is neither made by the recorded function nor given to it
   */
  outputOf(tensor: tf.Tensor): GraphOutput;
}

/** What takes the recorded ops. */
export interface RecordedSession {
  session: GraphSession;
  /** The same numbers in float32, where they are in a type that TensorFlow.js has no tensors of. */
  widen(output: GraphOutput): GraphOutput;
}

/**
 * Every kernel of tfjs-node goes through two calls of its backend. While `body` runs they add the op to the graph, with the
 * attributes and inputs it has, in place of computing it: TensorFlow infers the shapes, nothing is executed.
 * Host arrays that become tensors meanwhile are constants.
 *
 * @param giveName the graph's output of a tensor from outside, such as a weight; undefined for a stranger
 * @throws UnsupportedModelError the function reads a tensor's values, or uses a tensor from outside
 */
export function recordOps<T>(
  { session, widen }: RecordedSession,
  giveName: (tensor: tf.Tensor) => GraphOutput | undefined,
  body: (recording: Recording) => T,
): T {
  const outputs = new WeakMap<tf.DataId, GraphOutput>();
  const constants = new WeakSet<tf.DataId>();
  const backend = nodeBackend();
  const readValues = backend.readSync.bind(backend);

  function rawOutputOf(tensor: tf.Tensor): GraphOutput {
    const known = outputs.get(tensor.dataId) ?? giveName(tensor);
    if (known) return known;
    if (!constants.has(tensor.dataId)) {
      throw new UnsupportedModelError(
        `a traced function uses a ${tensor.dtype} tensor of shape [${tensor.shape}] from outside; ` +
          'pass it as an input or keep it in a variable',
      );
    }
    const { dtype, shape, dataId } = tensor;
    const constant = session.addConstant({ dtype, shape, data: readValues(dataId) as HostArray['data'] });
    outputs.set(dataId, constant);
    return constant;
  }

  function toTensor(output: GraphOutput): tf.Tensor {
    const dtype = backend.getDTypeInteger(output.dtype === 'bfloat16' ? 'float32' : output.dtype);
    const tensor = backend.createOutputTensor({ id: NO_TENSOR, shape: output.shape, dtype });
    outputs.set(tensor.dataId, output);
    return tensor;
  }

  const addOp = (op: string, attributes: OpAttribute[], inputs: tf.Tensor[]) =>
    addTidyOp(session, op, inputs.map(rawOutputOf), attributes).map(toTensor);
  const outputOf = (tensor: tf.Tensor) => widen(rawOutputOf(tensor));
  return withHooks({ addOp, onConstant: (dataId) => constants.add(dataId) }, () => body({ toTensor, outputOf }));
}

/** tfjs-node deletes nothing for it. */
const NO_TENSOR = -1;

interface Hooks {
  addOp(op: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor[];
  onConstant(dataId: tf.DataId): void;
}

/** Hooks of the function that is being recorded. */
let current: Hooks | undefined;

/** Whether ops are being recorded now. */
export const isRecording = (): boolean => current !== undefined;

/** Adds an op that tfjs does not know to the graph that is being recorded. */
export const recordOp: Hooks['addOp'] = (op, attributes, inputs) => current!.addOp(op, attributes, inputs);

function withHooks<T>(hooks: Hooks, body: () => T): T {
  if (current) throw new UnsupportedModelError('a traced function calls another; trace only the outer one');
  current = hooks;
  const backend = nodeBackend();
  const { write } = backend;
  const replaced: Partial<typeof backend> = {
    executeSingleOutput: (op, attributes, inputs) => hooks.addOp(op, attributes, inputs)[0],
    executeMultipleOutputs: (op, attributes, inputs) => hooks.addOp(op, attributes, inputs),
    write(values, shape, dtype) {
      const dataId = write.call(backend, values, shape, dtype);
      hooks.onConstant(dataId);
      return dataId;
    },
    readSync: refuseRead,
    read: refuseRead,
  };
  Object.assign(backend, replaced);
  const restoreGather = skipGatherCheck();
  try {
    return tf.tidy(() => body() as tf.TensorContainer) as T;
  } finally {
    // The methods are the class's own again.
    for (const name of Object.keys(replaced)) delete (backend as unknown as Record<string, unknown>)[name];
    restoreGather();
    current = undefined;
  }
}

function refuseRead(): never {
  throw new UnsupportedModelError(
    "a traced function reads a tensor's values (dataSync, or an op that does), which a graph cannot hold; return the tensor",
  );
}

/** tfjs-node's gather reads its indices only to check their bounds, which TensorFlow does again when the graph runs. */
function skipGatherCheck(): () => void {
  const kernel = tf.getKernel('GatherV2', 'tensorflow') as { kernelFunc: tf.KernelFunc };
  const checked = kernel.kernelFunc;
  const backend = Object.assign(Object.create(nodeBackend() as object), { readSync: () => new Int32Array(0) });
  kernel.kernelFunc = (args) => checked({ ...args, backend });
  return () => {
    kernel.kernelFunc = checked;
  };
}
