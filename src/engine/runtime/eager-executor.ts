import * as tf from '@tensorflow/tfjs-core';
import type { AdamStep, Executor, Moments, RowTable, StateVariable } from './executor.ts';
import type { HostArray } from './graph-session.ts';
import type { NativeTensor } from './native-tensor.ts';
import { uploadWeight } from './weight-variable.ts';

/** Op by op, as TensorFlow.js does: the reference for traced graphs. */
export function createEagerExecutor(): Executor {
  const created: tf.Variable[] = [];
  const tables: RowTable[] = [];
  return {
    createVariable(value) {
      const { shape, dtype } = value;
      const initial = 'data' in value ? tf.tensor(value.data, [...shape], dtype) : tf.zeros([...shape]);
      const variable = tf.variable(initial, false);
      initial.dispose();
      created.push(variable);
      return new EagerVariable(variable);
    },
    createRowTable(rows, width) {
      const table = new EagerRowTable([rows, width]);
      tables.push(table);
      return table;
    },
    adopt(weight) {
      uploadWeight(weight);
      return new EagerVariable(weight);
    },
    read: (variables) => variables.map(readVariable),
    drain: (variable) => [variable.value().dataSync<'float32'>().slice()],
    define: (compute) => (inputs) => tf.tidy(() => compute(inputs) as tf.TensorContainer) as ReturnType<typeof compute>,
    wait: (x) => x,
    isTraced: false,
    preparation: { graphs: 0, traceSeconds: 0, firstRunSeconds: 0 },
    dispose() {
      tf.dispose(created);
      for (const table of tables) table.release();
    },
  };
}

class EagerVariable implements StateVariable {
  readonly #variable: tf.Variable;

  constructor(variable: tf.Variable) {
    this.#variable = variable;
  }

  get dtype(): string {
    return this.#variable.dtype;
  }

  get shape(): number[] {
    return this.#variable.shape;
  }

  value(): tf.Tensor {
    return this.#variable;
  }

  assign(value: tf.Tensor): void {
    this.#variable.assign(value);
  }

  assignAdd(value: tf.Tensor): void {
    this.#variable.assign(tf.add(this.#variable, value));
  }

  addRows(rows: tf.Tensor1D, values: tf.Tensor2D): void {
    tf.tidy(() => this.assignAdd(tf.unsortedSegmentSum(values, rows, this.shape[0])));
  }

  take(): tf.Tensor {
    return this.#variable;
  }

  clear(): void {
    tf.tidy(() => this.#variable.assign(tf.zeros(this.#variable.shape)));
  }

  applyAdam({ first, second }: Moments, gradient: tf.Tensor, step: AdamStep): void {
    const { learningRate, beta1Power, beta2Power, epsilon, beta1, beta2 } = step;
    first.assign(tf.add(tf.mul(first.value(), beta1), tf.mul(gradient, 1 - beta1)));
    second.assign(tf.add(tf.mul(second.value(), beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const rate = tf.div(tf.mul(learningRate, tf.sqrt(tf.sub(1, beta2Power))), tf.sub(1, beta1Power));
    const direction = tf.div(first.value(), tf.add(tf.sqrt(second.value()), epsilon));
    this.assign(tf.sub(this.#variable, tf.mul(direction, rate)));
  }

  write(data: HostArray['data'] | NativeTensor): void {
    const { shape, dtype } = this.#variable;
    tf.tidy(() => this.assign(tf.tensor('handle' in data ? data.toFloat32() : data.slice(), shape, dtype)));
  }
}

class EagerRowTable implements RowTable {
  readonly #shape: [number, number];
  #rows?: tf.Tensor2D;

  constructor(shape: [number, number]) {
    this.#shape = shape;
  }

  value(): tf.Tensor2D {
    return this.#rows!;
  }

  scatterRows(rows: tf.Tensor, values: tf.Tensor): void {
    this.#replace(tf.tensorScatterUpdate(this.#rows!, tf.reshape(rows, [-1, 1]), values) as tf.Tensor2D);
  }

  allocate(): void {
    this.#replace(tf.zeros(this.#shape));
  }

  release(): void {
    this.#rows?.dispose();
    this.#rows = undefined;
  }

  #replace(rows: tf.Tensor2D): void {
    this.release();
    this.#rows = tf.keep(rows);
  }
}

function readVariable(variable: StateVariable): HostArray {
  const tensor = variable.value();
  return { dtype: tensor.dtype, shape: tensor.shape, data: tensor.dataSync().slice() as HostArray['data'] };
}
