import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/engine/backend.ts';
import { compile } from '../../../../src/engine/graph/compile.ts';
import { trace } from '../../../../src/engine/graph/trace.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';

beforeAll(loadBackend);

/** Rows of a table, through a layer: gather, split, concat, softmax, and gradients by the table. */
function aFunction() {
  const table = tf.variable(tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]));
  const compute = ({ rows, shift }: { rows: tf.Tensor1D; shift: tf.Scalar }) => {
    const { value, grads } = tf.variableGrads(() => {
      const [left, right] = tf.split(tf.gather(table, rows), 2, 1);
      const mixed = tf.softmax(tf.add(tf.concat([right, left], 1), shift));
      return tf.sum(tf.mul(mixed, tf.range(0, 4))) as tf.Scalar;
    }, [table]);
    return { value, gradient: grads[table.name] };
  };
  return { table, compute };
}

const anInput = (rows: number[], shift = 0.5) => ({ rows: tf.tensor1d(rows, 'int32'), shift: tf.scalar(shift) });

function expectSame(actual: tf.Tensor, expected: tf.Tensor) {
  expect(actual.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  actual.dataSync().forEach((value, at) => {
    expect(value).toBeCloseTo(values[at], 5);
  });
}

describe('a traced function', () => {
  it('equals the function on new inputs, and sees what its variables have become', () => {
    const { table, compute } = aFunction();
    const traced = trace(compute, anInput([0, 1, 1]), [table]);
    table.assign(tf.tensor2d([0.1, 0.7, -0.3, 0.2, -0.9, 0.4, 0.5, 0.3], [2, 4]));
    for (const input of [anInput([1, 0, 0], -2), anInput([1, 1, 1])]) {
      const actual = traced.run(input);
      const expected = compute(input);
      expectSame(actual.value, expected.value);
      expectSame(actual.gradient, expected.gradient);
    }
    traced.dispose();
  });

  it('leaks no tensors, and leaves the backend and the temporary folder as they were', () => {
    const { table, compute } = aFunction();
    const input = anInput([0, 1]);
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('metis-rise-graph-')).length;
    const before = { tensors: tf.memory().numTensors, folders: folders(), ownNames: Object.keys(tf.backend()) };
    const traced = trace(compute, input, [table]);
    tf.dispose(traced.run(input));
    traced.dispose();
    expect({ tensors: tf.memory().numTensors, folders: folders(), ownNames: Object.keys(tf.backend()) }).toEqual(
      before,
    );
  });

  it('checks gathered rows when it runs', () => {
    const { table, compute } = aFunction();
    const traced = trace(compute, anInput([0, 1]), [table]);
    expect(() => traced.run(anInput([0, 2]))).toThrow(/indices\[1\] = 2 is not in \[0, 2\)/);
    traced.dispose();
  });

  it.each([
    ["reads a tensor's values", (x: tf.Tensor) => tf.mul(x, x.dataSync()[0])],
    ['from outside', (x: tf.Tensor, outside: tf.Tensor) => tf.mul(x, outside)],
  ])('that %s is refused, and tracing another still works', (message, compute) => {
    const outside = tf.scalar(3);
    const refused = () => trace(({ x }: { x: tf.Tensor }) => ({ y: compute(x, outside) }), { x: tf.scalar(2) }, []);
    expect(refused).toThrow(UnsupportedModelError);
    expect(refused).toThrow(message);
    const traced = trace(({ x }) => ({ y: tf.square(x) }), { x: tf.scalar(2) }, []);
    expect(traced.run({ x: tf.scalar(3) }).y.dataSync()[0]).toBe(9);
    traced.dispose();
  });
});

describe('a compiled function', () => {
  const shapes = [[0, 1], [1], [1, 1], [0], [0, 0], [1]];

  it('traces each shape once and serves every shape', () => {
    const { table, compute } = aFunction();
    const compiled = compile(compute, [table], 100);
    const graphCounts = shapes.map((rows) => {
      expectSame(compiled.run(anInput(rows)).gradient, compute(anInput(rows)).gradient);
      return compiled.graphCount;
    });
    expect(graphCounts).toEqual([1, 2, 2, 2, 2, 2]);
    compiled.dispose();
    expect(compiled.graphCount).toBe(0);
  });

  it('traces nothing for a few calls', () => {
    const { table, compute } = aFunction();
    const compiled = compile(compute, [table], shapes.length);
    for (const rows of shapes) expectSame(compiled.run(anInput(rows)).value, compute(anInput(rows)).value);
    expect(compiled.graphCount).toBe(0);
  });
});
