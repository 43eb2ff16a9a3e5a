import { loadGraphAddon } from './backend.ts';
import type { OpAttribute } from './node-backend.ts';

/** Numbers in host memory with TensorFlow's number for their type. */
export interface FedTensor {
  dtype: number;
  shape: readonly number[];
  data: ArrayBufferView;
}

/** What TensorFlow infers of an op's output; the shape is null while a size is open. */
export interface InferredOutput {
  dtype: number;
  shape: number[] | null;
}

/** The graph and session of `native/graph-session.cc`. Ops are numbered in the order they are added; an output is a pair (op, index). */
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
  closeSession(session: object): void;
}

export const graphAddon = (): GraphAddon => loadGraphAddon() as GraphAddon;
