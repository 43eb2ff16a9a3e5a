import * as tf from '@tensorflow/tfjs-core';
import type { Executor, StateVariable } from './executor.ts';
import type { HostArray } from './graph-session.ts';

/** Op by op, as TensorFlow.js does: the reference for traced graphs. */
export function createEagerExecutor(): Executor {
  const created: tf.Variable[] = [];
  return {
    createVariable({ data, shape, dtype }) {
      const initial = tf.tensor(data, [...shape], dtype);
      const variable = tf.variable(initial, false);
      initial.dispose();
      created.push(variable);
      return new EagerVariable(variable);
    },
    adopt: (weight) => new EagerVariable(weight),
    define: (compute) => (inputs) => tf.tidy(() => compute(inputs) as tf.TensorContainer) as ReturnType<typeof compute>,
    isTraced: false,
    dispose: () => tf.dispose(created),
  };
}

class EagerVariable implements StateVariable {
  readonly #variable: tf.Variable;

  constructor(variable: tf.Variable) {
    this.#variable = variable;
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

  scatterRows(rows: tf.Tensor, values: tf.Tensor): void {
    const [rowCount] = this.shape;
    const indices = tf.reshape(rows, [-1, 1]) as tf.Tensor2D;
    const isReplaced = tf.scatterND(indices, tf.ones([rows.size]), [rowCount]);
    const kept = tf.reshape(tf.less(isReplaced, 0.5), [rowCount, ...this.shape.slice(1).map(() => 1)]);
    this.#variable.assign(tf.where(kept, this.#variable, tf.scatterND(indices, values, this.shape)));
  }

  read(): HostArray {
    const { dtype, shape } = this.#variable;
    return { dtype, shape, data: this.#variable.dataSync().slice() as HostArray['data'] };
  }

  dispose(): void {
    this.#variable.dispose();
  }
}
