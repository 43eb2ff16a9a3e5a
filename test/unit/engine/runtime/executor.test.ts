import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { createExecutor, type Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { createTracedExecutor } from '../../../../src/engine/runtime/traced-executor.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';

beforeAll(loadBackend);

const aTable = () => tf.variable(tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]));

/** Rows of a table, through a layer: gather, split, concat, softmax, and gradients by the table. */
function aFunction(table: tf.Variable) {
  return ({ rows, shift }: { rows: tf.Tensor1D; shift: tf.Scalar }) => {
    const { value, grads } = tf.variableGrads(() => {
      const [left, right] = tf.split(tf.gather(table, rows), 2, 1);
      const mixed = tf.softmax(tf.add(tf.concat([right, left], 1), shift));
      return tf.sum(tf.mul(mixed, tf.range(0, 4))) as tf.Scalar;
    }, [table]);
    return { value, gradient: grads[table.name] };
  };
}

const anInput = (rows: number[], shift = 0.5) => ({ rows: tf.tensor1d(rows, 'int32'), shift: tf.scalar(shift) });

function expectSame(actual: tf.Tensor, expected: tf.Tensor) {
  expect(actual.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  actual.dataSync().forEach((value, at) => {
    expect(value).toBeCloseTo(values[at], 5);
  });
}

describe.each<Engine>(['eager', 'traced'])('functions of an executor, %s', (engine) => {
  it('equal the function for inputs of every shape', () => {
    const table = aTable();
    const executor = createExecutor(engine);
    executor.adopt(table);
    const run = executor.define(aFunction(table));
    for (const input of [anInput([1, 0, 0], -2), anInput([1]), anInput([1, 1, 1])]) {
      const [actual, expected] = [run(input), aFunction(table)(input)];
      expectSame(actual.value, expected.value);
      expectSame(actual.gradient, expected.gradient);
    }
    const { graphs, traceSeconds, firstRunSeconds } = executor.preparation;
    expect([graphs, traceSeconds > 0, firstRunSeconds > 0]).toEqual(
      engine === 'traced' ? [2, true, true] : [0, false, false],
    );
    executor.dispose();
  });

  it('read and write variables in the order of the code, and share them', () => {
    const executor = createExecutor(engine);
    const weight = tf.variable(tf.tensor1d([1, 2, 3]));
    const adopted = executor.adopt(weight);
    const change = executor.define(({ x }: { x: tf.Tensor1D }) => {
      const before = tf.sum(weight);
      adopted.assign(tf.mul(adopted.value(), x));
      const between = tf.sum(adopted.value());
      adopted.assignAdd(tf.onesLike(x));
      return { before, between, after: tf.sum(adopted.value()) };
    });
    const look = executor.define(({ x }: { x: tf.Tensor1D }) => ({ sum: tf.sum(tf.mul(weight, x)) }));
    const outputs = change({ x: tf.tensor1d([2, 2, 2]) });
    expect([outputs.before, outputs.between, outputs.after].map((sum) => sum.dataSync()[0])).toEqual([6, 12, 15]);
    expect(look({ x: tf.tensor1d([1, 0, 0]) }).sum.dataSync()[0]).toBe(3);
    adopted.write(Float32Array.of(7, 0, 0));
    expect(look({ x: tf.tensor1d([1, 0, 0]) }).sum.dataSync()[0]).toBe(7);
    expect([...executor.read([adopted])[0].data]).toEqual([7, 0, 0]);
    executor.dispose();
  });

  it('add rows to those of a matrix, twice to one that is named twice', () => {
    const executor = createExecutor(engine);
    const sum = executor.createVariable({ dtype: 'float32', shape: [3, 2] });
    const add = executor.define(({ rows, values }: { rows: tf.Tensor1D; values: tf.Tensor2D }) => {
      sum.addRows(rows, values);
      return { between: tf.sum(sum.value()) };
    });
    const inputs = { rows: tf.tensor1d([2, 0, 2], 'int32'), values: tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]) };
    expect([add(inputs), add(inputs)].map(({ between }) => between.dataSync()[0])).toEqual([21, 42]);
    expect([...executor.read([sum])[0].data]).toEqual([6, 8, 0, 0, 12, 16]);
    executor.dispose();
  });

  it("take a variable's numbers, and give it others", () => {
    const executor = createExecutor(engine);
    const sum = executor.createVariable({ dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) });
    const total = executor.createVariable({ dtype: 'float32', shape: [2] });
    const move = executor.define(({ factor }: { factor: tf.Scalar }) => {
      total.assignAdd(tf.mul(sum.take(), factor));
      sum.clear();
      return {};
    });
    move({ factor: tf.scalar(3) });
    expect(executor.read([sum, total]).map(({ data }) => [...data])).toEqual([
      [0, 0],
      [3, 6],
    ]);
    executor.dispose();
  });

  it('write rows of tables, whose memory comes and goes', () => {
    const executor = createExecutor(engine);
    const table = executor.createRowTable(3, 2);
    const begin = executor.define(() => {
      table.allocate();
      return {};
    });
    const end = executor.define(() => {
      table.release();
      return {};
    });
    const write = executor.define(({ rows, values }: { rows: tf.Tensor1D; values: tf.Tensor2D }) => {
      const before = tf.sum(table.value(), 1);
      table.scatterRows(rows, tf.add(values, tf.sum(before)));
      return { after: tf.sum(table.value(), 1) };
    });
    for (const round of [1, 2]) {
      begin({});
      const rows = tf.tensor1d([2, 0], 'int32');
      expect([...write({ rows, values: tf.fill([2, 2], round) }).after.dataSync()]).toEqual([2 * round, 0, 2 * round]);
      expect([...write({ rows, values: tf.zeros([2, 2]) }).after.dataSync()]).toEqual([8 * round, 0, 8 * round]);
      end({});
    }
    executor.dispose();
  });

  it('leak no tensors, and leave the backend as it was', () => {
    const table = aTable();
    const executor = createExecutor(engine);
    executor.adopt(table);
    const run = executor.define(aFunction(table));
    const input = anInput([0, 1]);
    const state = () => ({ tensors: tf.memory().numTensors, ownNames: Object.keys(tf.backend()) });
    const before = state();
    tf.dispose(run(input));
    expect(state()).toEqual(before);
    executor.dispose();
  });

  it('check the rows they gather', () => {
    const table = aTable();
    const executor = createExecutor(engine);
    executor.adopt(table);
    expect(() => executor.define(aFunction(table))(anInput([0, 2]))).toThrow(
      /2 (is not in|out of range|.*bounds)|not in \[0, 2\)/,
    );
  });
});

describe('a traced function', () => {
  it.each([
    ["reads a tensor's values", (x: tf.Tensor) => tf.mul(x, x.dataSync()[0])],
    ['from outside', (x: tf.Tensor, outside: tf.Tensor) => tf.mul(x, outside)],
    [
      'the shape of what Where returns depends on data',
      (x: tf.Tensor) => {
        const backend = tf.backend() as unknown as {
          executeSingleOutput(op: string, attributes: [], inputs: tf.Tensor[]): tf.Tensor;
        };
        return backend.executeSingleOutput('Where', [], [tf.greater(x, 0)]);
      },
    ],
    [
      'NoSuchOp',
      (x: tf.Tensor) => {
        const backend = tf.backend() as unknown as {
          executeSingleOutput(op: string, attributes: [], inputs: tf.Tensor[]): tf.Tensor;
        };
        return backend.executeSingleOutput('NoSuchOp', [], [x]);
      },
    ],
  ])('that %s is refused, and tracing another still works', (message, compute) => {
    const outside = tf.scalar(3);
    const executor = createTracedExecutor();
    const refused = executor.define(({ x }: { x: tf.Tensor }) => ({ y: compute(x, outside) }));
    expect(() => refused({ x: tf.tensor1d([2]) })).toThrow(UnsupportedModelError);
    expect(() => refused({ x: tf.tensor1d([2]) })).toThrow(message);
    const square = executor.define(({ x }: { x: tf.Tensor }) => ({ y: tf.square(x) }));
    expect(square({ x: tf.tensor1d([3]) }).y.dataSync()[0]).toBe(9);
    executor.dispose();
  });

  it('uses its variables inside functions only', () => {
    const executor = createTracedExecutor();
    const variable = executor.createVariable({ dtype: 'float32', shape: [1], data: new Float32Array(1) });
    expect(() => variable.value()).toThrow(UnsupportedModelError);
    executor.dispose();
  });
});
