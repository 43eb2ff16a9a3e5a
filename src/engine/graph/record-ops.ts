import { type DataId, getKernel, type KernelFunc, type Tensor } from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { createGraphBuilder, type GraphBuilder } from './graph-def.ts';
import { nodeBackend, type OpAttribute } from './node-backend.ts';

/** A graph that grows by every op that runs while it records. */
export interface Recording {
  builder: GraphBuilder;
  /** Gives a tensor from outside a name: it becomes an input of the graph. */
  addInput(name: string, tensor: Tensor): void;
  /** The `node:output` that computes a tensor. */
  nameOf(tensor: Tensor): string;
  /** Runs `body` eagerly and records its ops. Nothing else may run meanwhile. */
  record<T>(body: () => T): T;
}

/**
 * Every kernel of tfjs-node goes through two calls of its backend; wrapping them while a function runs shows its ops,
 * each with the attributes and inputs of a graph node. Host arrays that become tensors meanwhile are constants.
 *
 * @throws UnsupportedModelError (from `record`) the function reads a tensor's values, or uses a tensor that is neither
 *   made by it nor among its inputs
 */
export function createRecording(): Recording {
  const backend = nodeBackend();
  const builder = createGraphBuilder();
  const names = new Map<DataId, string>();
  const constants = new Set<DataId>();
  const constantNames = new Map<string, string>();
  const readValues = backend.readSync.bind(backend);

  function nameOf(tensor: Tensor): string {
    const known = names.get(tensor.dataId);
    if (known !== undefined) return known;
    if (!constants.has(tensor.dataId)) {
      throw new UnsupportedModelError(
        `a traced function uses a ${tensor.dtype} tensor of shape [${tensor.shape}] from outside; ` +
          'pass it as an input or list it among the variables',
      );
    }
    const name = addConstant(tensor);
    names.set(tensor.dataId, name);
    return name;
  }

  /** One node for equal constants: axes, shapes and factors come again and again. */
  function addConstant({ dataId, dtype, shape }: Tensor): string {
    const { buffer, byteOffset, byteLength } = readValues(dataId);
    const key = `${dtype}[${shape}]${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}`;
    const known = constantNames.get(key);
    if (known !== undefined) return known;
    const name = `constant${builder.nodeCount}`;
    builder.addConstant(name, dtype, shape, new Uint8Array(buffer, byteOffset, byteLength));
    constantNames.set(key, name);
    return name;
  }

  function addOp(op: string, attributes: OpAttribute[], inputs: Tensor[], outputs: Tensor[]): void {
    const inputNames = inputs.map(nameOf);
    const name = `op${builder.nodeCount}`;
    builder.addOp(name, op, inputNames, attributes);
    outputs.forEach((output, at) => {
      names.set(output.dataId, `${name}:${at}`);
    });
  }

  return {
    builder,
    nameOf,
    addInput(name, tensor) {
      builder.addPlaceholder(name, tensor.dtype, tensor.shape);
      names.set(tensor.dataId, name);
    },
    record: (body) => withHooks({ addOp, onConstant: (dataId) => constants.add(dataId) }, body),
  };
}

interface Hooks {
  addOp(op: string, attributes: OpAttribute[], inputs: Tensor[], outputs: Tensor[]): void;
  onConstant(dataId: DataId): void;
}

let isRecording = false;

function withHooks<T>(hooks: Hooks, body: () => T): T {
  if (isRecording) throw new UnsupportedModelError('a traced function calls another; trace only the outer one');
  isRecording = true;
  const backend = nodeBackend();
  const { executeSingleOutput, executeMultipleOutputs, write } = backend;
  const replaced: Partial<typeof backend> = {
    executeSingleOutput(op, attributes, inputs) {
      const output = executeSingleOutput.call(backend, op, attributes, inputs);
      hooks.addOp(op, attributes, inputs, [output]);
      return output;
    },
    executeMultipleOutputs(op, attributes, inputs, outputCount) {
      const outputs = executeMultipleOutputs.call(backend, op, attributes, inputs, outputCount);
      hooks.addOp(op, attributes, inputs, outputs);
      return outputs;
    },
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
    return body();
  } finally {
    // The methods are the class's own again.
    for (const name of Object.keys(replaced)) delete (backend as unknown as Record<string, unknown>)[name];
    restoreGather();
    isRecording = false;
  }
}

function refuseRead(): never {
  throw new UnsupportedModelError(
    "a traced function reads a tensor's values (dataSync, or an op that does), which a graph cannot hold; return the tensor",
  );
}

/** tfjs-node's gather reads its indices only to check their bounds, which TensorFlow does again when the graph runs. */
function skipGatherCheck(): () => void {
  const kernel = getKernel('GatherV2', 'tensorflow') as { kernelFunc: KernelFunc };
  const checked = kernel.kernelFunc;
  const backend = Object.assign(Object.create(nodeBackend() as object), { readSync: () => new Int32Array(0) });
  kernel.kernelFunc = (args) => checked({ ...args, backend });
  return () => {
    kernel.kernelFunc = checked;
  };
}
