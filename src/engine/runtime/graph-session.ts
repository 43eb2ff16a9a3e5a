import type { DataType } from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { type FedTensor, graphAddon } from './graph-addon.ts';
import { NATIVE_TYPES, type NativeTensor, type NativeType, toNativeTensor } from './native-tensor.ts';
import { nodeBackend, type OpAttribute } from './node-backend.ts';

/** TensorFlow.js's types, and one that it has no tensors of: they never leave the graph. */
export type ElementType = DataType | 'bfloat16';

/** One output of an op of the graph. */
export interface GraphOutput {
  op: number;
  index: number;
  dtype: ElementType;
  shape: number[];
}

/** Numbers in host memory. */
export interface HostArray {
  dtype: DataType;
  shape: readonly number[];
  data: Float32Array | Int32Array | Uint8Array;
}

export interface Assignment {
  /** The op that is the variable's handle. */
  variable: number;
  /** The op that assigns. */
  assignment: number;
  /** What the op assigns, and by which placeholder; absent where it needs none. */
  fed?: { placeholder: GraphOutput; value: HostArray | NativeTensor };
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
  addPlaceholder(dtype: ElementType, shape: readonly number[]): GraphOutput;
  /** Gives a variable its value before the next run, or soon: many together cost one run. */
  assign(assignment: Assignment): void;
  /** Runs what the fetches and targets need. */
  run(
    feeds: readonly GraphOutput[],
    values: readonly HostArray[],
    fetches: readonly GraphOutput[],
    targets: readonly number[],
  ): HostArray[];
  /** An output's value, of a native type, which the caller lets go. */
  fetch(output: GraphOutput): NativeTensor;
  close(): void;
}

/** `ConfigProto { graph_options { place_pruned_graph: true } }`: a first run prepares its own ops only, in half the time. */
const SESSION_CONFIG = Uint8Array.of(0x52, 2, 0x30, 1);

/** `TF_ATTR_TENSOR` of TensorFlow's C API, which tfjs-node does not pass on. */
const TENSOR_ATTRIBUTE = 6;

/** A variable's handle: an output that holds no numbers. */
const HANDLE: DataType = 'complex64';

/** Of values that wait for their assignment: more are not held twice. */
const MAX_PENDING_BYTES = 2 ** 28;

export function createGraphSession(): GraphSession {
  const addon = graphAddon();
  const session = addon.createSession(SESSION_CONFIG);
  const constants = new Map<string, GraphOutput>();
  /** By variable: of two, the later counts. */
  const pending = new Map<number, Assignment>();
  let pendingBytes = 0;
  let opCount = 0;
  const flush = () => {
    const assignments = [...pending.values()];
    if (assignments.length === 0) return;
    pending.clear();
    pendingBytes = 0;
    const fed = assignments.flatMap((assignment) => assignment.fed ?? []);
    const placeholders = fed.map(({ placeholder }) => placeholder);
    const targets = Int32Array.from(assignments, ({ assignment }) => assignment);
    addon.run(
      session,
      pairs(placeholders),
      fed.map(({ value }) => toFed(value)),
      new Int32Array(0),
      targets,
    );
    for (const { value } of fed) if ('handle' in value) value.release();
  };
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
    assign(assignment) {
      const value = assignment.fed?.value;
      const replaced = pending.get(assignment.variable)?.fed?.value;
      if (value && 'handle' in value) value.retain();
      if (replaced && 'handle' in replaced) replaced.release();
      pending.set(assignment.variable, assignment);
      pendingBytes += value ? bytesOf(value) : 0;
      if (pendingBytes > MAX_PENDING_BYTES) flush();
    },
    run(feeds, values, fetches, targets) {
      flush();
      const results = addon.run(session, pairs(feeds), values.map(toFed), pairs(fetches), Int32Array.from(targets));
      return results.map(({ dtype, shape, data }) => toHostArray(dtypeOf(dtype), shape, data));
    },
    fetch(output) {
      flush();
      return toNativeTensor(addon.fetch(session, pairs([output])), output.dtype as NativeType, output.shape);
    },
    close: () => addon.closeSession(session),
  };
  return graph;
}

/** An element type as an attribute; `T` is what element-wise ops call theirs. */
export function typeAttribute(dtype: ElementType, name = 'T'): OpAttribute {
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

function toFed(value: HostArray | NativeTensor): FedTensor {
  if ('handle' in value) return value;
  return { dtype: typeNumber(value.dtype), shape: value.shape, data: value.data };
}

const bytesOf = (value: HostArray | NativeTensor) =>
  'handle' in value ? value.size * (value.dtype === 'bfloat16' ? 2 : 4) : value.data.byteLength;

function toHostArray(dtype: ElementType, shape: number[], buffer: ArrayBuffer): HostArray {
  if (dtype === 'float32') return { dtype, shape, data: new Float32Array(buffer) };
  if (dtype === 'int32') return { dtype, shape, data: new Int32Array(buffer) };
  return { dtype: dtype as DataType, shape, data: new Uint8Array(buffer) };
}

function typeNumber(dtype: ElementType): number {
  const { TF_FLOAT, TF_INT32, TF_BOOL } = nodeBackend().binding;
  const { bfloat16 } = NATIVE_TYPES;
  const number = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL, bfloat16 }[dtype as string];
  if (number !== undefined) return number;
  throw new UnsupportedModelError(`a traced graph cannot hold a ${dtype} tensor; run the function eagerly`);
}

function dtypeOf(number: number): ElementType {
  const { TF_FLOAT, TF_INT32, TF_BOOL } = nodeBackend().binding;
  return (
    new Map<number, ElementType>([
      [NATIVE_TYPES.bfloat16, 'bfloat16'],
      [TF_FLOAT, 'float32'],
      [TF_INT32, 'int32'],
      [TF_BOOL, 'bool'],
    ]).get(number) ?? HANDLE
  );
}
