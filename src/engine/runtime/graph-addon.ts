import { loadGraphAddon } from './backend.ts';
import type { OpAttribute } from './node-backend.ts';

/** Numbers in host memory with TensorFlow's number for their type, or the handle of a tensor, whose memory the session shares. */
export type FedTensor = { dtype: number; shape: readonly number[]; data: ArrayBufferView } | { handle: object };

/** What TensorFlow infers of an op's output; the shape is null while a size is open. */
export interface InferredOutput {
  dtype: number;
  shape: number[] | null;
}

/** The graph and session of `native/graph-session.cc`, and the tensors of `native/native-tensor.cc`. Ops are numbered in the order they are added; an output is a pair (op, index). */
export interface GraphAddon {
  /** @param config a serialised `tensorflow.ConfigProto` */
  createSession(config: Uint8Array): object;
  /** @param listLength the first inputs, when they are one list */
  addOp(
    session: object,
    op: string,
    inputs: Int32Array,
    listLength: number,
    controls: Int32Array,
    attributes: readonly OpAttribute[],
  ): InferredOutput[];
  run(
    session: object,
    feeds: Int32Array,
    tensors: readonly FedTensor[],
    fetches: Int32Array,
    targets: Int32Array,
  ): { dtype: number; shape: number[]; data: ArrayBuffer }[];
  /** One output's value as the handle of a tensor; a variable's is shared, not copied. */
  fetch(session: object, output: Int32Array): object;
  closeSession(session: object): void;
  createTensor(dtype: number, shape: readonly number[]): object;
  /** A file's first bytes as memory that is read when it is used. */
  mapFile(path: string, bytes: number): object;
  mapTensor(file: object, position: number, storedType: number, shape: readonly number[]): object;
  fillTensor(tensor: object, first: number, storedType: number, bytes: Uint8Array): void;
  copyValues(tensor: object, first: number, target: Float32Array): void;
  widenTensor(tensor: object): object;
  /** A matrix of a file in place: see `shifted-weight.ts`. */
  shiftTensor(matrix: object): [shift: number, rows: object, tail: object] | undefined;
  unshiftTensor(rows: object, tail: object): object;
  releaseTensor(tensor: object): void;
}

export const graphAddon = (): GraphAddon => loadGraphAddon() as GraphAddon;
