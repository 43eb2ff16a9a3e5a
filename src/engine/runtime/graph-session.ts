import type { DataType } from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { type FedTensor, graphAddon } from './graph-addon.ts';
import { nodeBackend, type OpAttribute } from './node-backend.ts';

/** One output of an op of the graph. */
export interface GraphOutput {
  op: number;
  index: number;
  dtype: DataType;
  shape: number[];
}

/** Numbers in host memory. */
export interface HostArray {
  dtype: DataType;
  shape: readonly number[];
  data: Float32Array | Int32Array | Uint8Array;
}

export interface Assignment {
  placeholder: GraphOutput;
  /** The op that assigns what the placeholder is fed with. */
  assignment: number;
  value: HostArray;
}

/** A TensorFlow graph that grows, and the session that runs parts of it; variables live as long as the session. */
export interface GraphSession {
  /**
   * @param controls ops that must have run before
   * @throws UnsupportedModelError TensorFlow does not take the op, or cannot tell its outputs' shapes
   */
  addOp(
    op: string,
    inputs: readonly GraphOutput[],
    attributes: readonly OpAttribute[],
    controls?: readonly number[],
  ): GraphOutput[];
  /** The number `addOp` gives the next op. */
  readonly opCount: number;
  /** One node for equal constants: axes, shapes and factors come again and again. */
  addConstant(constant: HostArray): GraphOutput;
  addPlaceholder(dtype: DataType, shape: readonly number[]): GraphOutput;
  /** Gives a variable its value before the next run: many together cost one run. */
  assign(assignment: Assignment): void;
  /** Runs what the fetches and targets need. */
  run(
    feeds: readonly GraphOutput[],
    values: readonly HostArray[],
    fetches: readonly GraphOutput[],
    targets: readonly number[],
  ): HostArray[];
  close(): void;
}

/** `ConfigProto { graph_options { place_pruned_graph: true } }`: a first run prepares its own ops only, in half the time. */
const SESSION_CONFIG = Uint8Array.of(0x52, 2, 0x30, 1);

/** `TF_ATTR_TENSOR` of TensorFlow's C API, which tfjs-node does not pass on. */
const TENSOR_ATTRIBUTE = 6;

/** A variable's handle: an output that holds no numbers. */
const HANDLE: DataType = 'complex64';

export function createGraphSession(): GraphSession {
  const addon = graphAddon();
  const session = addon.createSession(SESSION_CONFIG);
  const constants = new Map<string, GraphOutput>();
  /** By assigning op: of two, the later counts. */
  const pending = new Map<number, Assignment>();
  let opCount = 0;
  const graph: GraphSession = {
    addOp(op, inputs, attributes, controls = []) {
      const outputs = refusing(op, () =>
        addon.addOp(session, op, pairs(inputs), listLength(attributes), Int32Array.from(controls), attributes),
      );
      const number = opCount++;
      return outputs.map(({ dtype, shape }, index) => {
        if (shape) return { op: number, index, dtype: dtypeOf(dtype), shape };
        throw new UnsupportedModelError(
          `the shape of what ${op} returns depends on data, which a traced graph cannot hold; run the function eagerly`,
        );
      });
    },
    get opCount() {
      return opCount;
    },
    addConstant({ dtype, shape, data }) {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const key = `${dtype}[${shape}]${bytes.toString('base64')}`;
      const known = constants.get(key);
      if (known) return known;
      const value = { name: 'value', type: TENSOR_ATTRIBUTE, value: { dtype: typeNumber(dtype), shape, data } };
      const [constant] = graph.addOp('Const', [], [typeAttribute(dtype, 'dtype'), value]);
      constants.set(key, constant);
      return constant;
    },
    addPlaceholder(dtype, shape) {
      const sizes = { name: 'shape', type: nodeBackend().binding.TF_ATTR_SHAPE, value: shape };
      return graph.addOp('Placeholder', [], [typeAttribute(dtype, 'dtype'), sizes])[0];
    },
    assign: (assignment) => void pending.set(assignment.assignment, assignment),
    run(feeds, values, fetches, targets) {
      if (pending.size > 0) {
        const assignments = [...pending.values()];
        pending.clear();
        const placeholders = assignments.map(({ placeholder }) => placeholder);
        graph.run(
          placeholders,
          assignments.map(({ value }) => value),
          [],
          assignments.map(({ assignment }) => assignment),
        );
      }
      const fed: FedTensor[] = values.map(({ dtype, shape, data }) => ({ dtype: typeNumber(dtype), shape, data }));
      const results = addon.run(session, pairs(feeds), fed, pairs(fetches), Int32Array.from(targets));
      return results.map(({ dtype, shape, data }) => toHostArray(dtypeOf(dtype), shape, data));
    },
    close: () => addon.closeSession(session),
  };
  return graph;
}

/** An element type as an attribute; `T` is what element-wise ops call theirs. */
export function typeAttribute(dtype: DataType, name = 'T'): OpAttribute {
  return { name, type: nodeBackend().binding.TF_ATTR_TYPE, value: typeNumber(dtype) };
}

function refusing<T>(op: string, add: () => T): T {
  try {
    return add();
  } catch (error) {
    throw new UnsupportedModelError(
      `TensorFlow refuses the op ${op} in a traced graph (${(error as Error).message}); run the function eagerly`,
      { cause: error },
    );
  }
}

const pairs = (outputs: readonly GraphOutput[]) => Int32Array.from(outputs.flatMap(({ op, index }) => [op, index]));

/** Ops that take a list say its length as `N`; the list comes first. */
function listLength(attributes: readonly OpAttribute[]): number {
  return (attributes.find(({ name }) => name === 'N')?.value as number | undefined) ?? 0;
}

function toHostArray(dtype: DataType, shape: number[], buffer: ArrayBuffer): HostArray {
  if (dtype === 'float32') return { dtype, shape, data: new Float32Array(buffer) };
  return { dtype, shape, data: dtype === 'int32' ? new Int32Array(buffer) : new Uint8Array(buffer) };
}

function typeNumber(dtype: DataType): number {
  const { TF_FLOAT, TF_INT32, TF_BOOL } = nodeBackend().binding;
  const number = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL }[dtype as string];
  if (number !== undefined) return number;
  throw new UnsupportedModelError(`a traced graph cannot hold a ${dtype} tensor; run the function eagerly`);
}

function dtypeOf(number: number): DataType {
  const { TF_FLOAT, TF_INT32, TF_BOOL } = nodeBackend().binding;
  return (
    new Map<number, DataType>([
      [TF_FLOAT, 'float32'],
      [TF_INT32, 'int32'],
      [TF_BOOL, 'bool'],
    ]).get(number) ?? HANDLE
  );
}
