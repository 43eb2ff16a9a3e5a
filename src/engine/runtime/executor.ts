import type * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from './graph-session.ts';
import type { NativeTensor } from './native-tensor.ts';

/**
 * Numbers that outlive a call: a weight, a moment of the optimizer. Inside a function that an executor
 * runs, reads and writes happen in the order they are written.
 */
export interface StateVariable {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Its numbers as a tensor, for use inside the running function alone. */
  value(): tf.Tensor;
  assign(value: tf.Tensor): void;
  assignAdd(value: tf.Tensor): void;
  /** Adds rows to those of a matrix where it lies: on a CPU in their order. `rows` is int32. */
  addRows(rows: tf.Tensor1D, values: tf.Tensor2D): void;
  /** Its numbers for one use, whose result may take their place: to be assigned or cleared before it is read again. */
  take(): tf.Tensor;
  /** Becomes zeros, once all that the running function has written before is written: two of large size are not held at once. */
  clear(): void;
  /**
   * One Adam update, `m` and `v` included: `w -= lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)`. The shapes of
   * gradient and moments are the variable's.
   */
  applyAdam(moments: Moments, gradient: tf.Tensor, step: AdamStep): void;
  /** From host memory, a native tensor of the variable's type; outside of running functions. */
  write(data: HostArray['data'] | NativeTensor): void;
}

/**
 * How a weight is held: in its stored type, where products are computed in that; or in float32, as functions that write it need,
 * with a copy in the type of products where that is another, or alone, so that each product rounds it anew.
 */
export type WeightForm = 'stored' | 'float32' | 'float32-alone';

/** What a variable of nothing but zeros begins with: they are made where it lies. */
export interface Zeros {
  dtype: 'float32';
  shape: readonly number[];
}

export interface Moments {
  first: StateVariable;
  second: StateVariable;
}

export interface AdamStep {
  learningRate: tf.Scalar;
  /** `b1^t` and `b2^t`, with t = 1 for the first step. */
  beta1Power: tf.Scalar;
  beta2Power: tf.Scalar;
  epsilon: tf.Scalar;
  beta1: number;
  beta2: number;
}

/**
 * A matrix written a few rows at a time, such as a key-value cache: in float32, or in bf16 where products are. Reading it copies nothing: a value must not be
 * used after a later write of the same function. All calls belong inside of running functions.
 */
export interface RowTable {
  /** Its rows as a tensor, for use inside the running function alone. */
  value(): tf.Tensor2D;
  /** `rows` is int32 of shape `[R]`, `values` is `[R, width]`; rows that are named twice must get the same values. */
  scatterRows(rows: tf.Tensor, values: tf.Tensor): void;
  /** Takes memory, with zeros in it. */
  allocate(): void;
  release(): void;
}

/** A function of trees of tensors. The caller disposes inputs and outputs. */
export type Run<Inputs, Outputs> = (inputs: Inputs) => Outputs;

/** What making functions ready has cost: nothing where they run op by op. */
export interface Preparation {
  /** One for each function and shape of its inputs. */
  graphs: number;
  /** Recording them. */
  traceSeconds: number;
  /** Running each for the first time, when TensorFlow places and compiles what the later runs share. */
  firstRunSeconds: number;
}

/** What runs functions over state that it holds: op by op, or as traced graphs. */
export interface Executor {
  createVariable(initial: HostArray | Zeros): StateVariable;
  /** Without memory until it is allocated. */
  createRowTable(rows: number, width: number): RowTable;
  /** A variable with the value of a weight, which the functions may go on using as a tensor: they see the variable. */
  adopt(weight: tf.Variable, form?: WeightForm): StateVariable;
  /** Copies in host memory, in the order asked for; outside of running functions. */
  read(variables: readonly StateVariable[]): HostArray[];
  /** All of a variable's numbers in order as float32, some at a time: for what memory should not hold twice. */
  drain(variable: StateVariable): Iterable<Float32Array>;
  /**
   * `compute` must be a function of its inputs' tensors and of state variables alone: in a traced graph, plain numbers and
   * host arrays that it reads are constants.
   */
  define<Inputs, Outputs>(compute: Run<Inputs, Outputs>): Run<Inputs, Outputs>;
  /**
   * Inside a running function: the same numbers, which are there only when the others are, and all that the function has written so
   * far. What is computed from them is computed for itself, even where the same was computed from `x` before.
   */
  wait(x: tf.Tensor, others: readonly tf.Tensor[]): tf.Tensor;
  /** Whether it pays to pad inputs to few sizes. */
  readonly isTraced: boolean;
  /** So far. */
  readonly preparation: Preparation;
  dispose(): void;
}
