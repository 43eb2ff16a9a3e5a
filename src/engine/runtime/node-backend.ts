import { backend, type DataId, type Tensor } from '@tensorflow/tfjs-core';

/** One attribute of an op, as tfjs-node hands it to TensorFlow. */
export interface OpAttribute {
  name: string;
  /** One of the binding's `TF_ATTR_*`. */
  type: number;
  value: unknown;
}

/** What tracing needs of tfjs-node's backend: every kernel ends in one of its two `execute` calls. */
export interface NodeBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attributes: OpAttribute[], inputs: Tensor[], outputCount: number): Tensor[];
  getDTypeInteger(dtype: string): number;
  /** Registers a host array as a tensor. */
  write(values: unknown, shape: number[], dtype: string): DataId;
  readSync(dataId: DataId): ArrayBufferView;
  read(dataId: DataId): Promise<ArrayBufferView>;
  createOutputTensor(metadata: unknown): Tensor;
  /** What it knows of each tensor; `values` are those it has not handed to TensorFlow yet. */
  tensorMap: { get(dataId: DataId): { values: unknown } };
}

/** The addon's constants. */
export interface Binding {
  TF_ATTR_STRING: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_SHAPE: number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_BOOL: number;
}

/** The backend in use; call after `loadBackend`. */
export function nodeBackend(): NodeBackend {
  return backend() as unknown as NodeBackend;
}
