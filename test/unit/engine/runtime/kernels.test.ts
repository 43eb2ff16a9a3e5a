import * as tf from '@tensorflow/tfjs-core';
import { drawTokens } from '../../../../src/engine/generation/draw-tokens.ts';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { createExecutor } from '../../../../src/engine/runtime/create-executor.ts';
import {
  causalAttention,
  type Heads,
  type SequenceRows,
  slotAttention,
} from '../../../../src/engine/runtime/kernels/attention.ts';
import { rmsNorm } from '../../../../src/engine/runtime/kernels/rms-norm.ts';
import { rotate } from '../../../../src/engine/runtime/kernels/rotate.ts';
import { swiglu } from '../../../../src/engine/runtime/kernels/swiglu.ts';
import { scoreTokens } from '../../../../src/engine/runtime/kernels/token-scores.ts';

beforeAll(loadBackend);

type Tensors = Record<string, tf.Tensor>;

const randomMatrix = (rows: number, columns: number, seed: number) =>
  tf.randomNormal([rows, columns], 0, 1, 'float32', seed) as tf.Tensor2D;

/** What a function gives as a recorded graph, where our ops run, beside what it gives op by op. */
function bothWays<Outputs extends Tensors>(compute: (inputs: Tensors) => Outputs, inputs: Tensors) {
  const executor = createExecutor('traced');
  const fused = executor.define(compute)(inputs);
  executor.dispose();
  return { fused, reference: compute(inputs) };
}

function expectSame({ fused, reference }: { fused: Tensors; reference: Tensors }, tolerance = 2e-5) {
  for (const [name, expected] of Object.entries(reference)) {
    const values = expected.dataSync();
    const worst = Array.from(fused[name].dataSync()).reduce(
      (most, value, at) => Math.max(most, Math.abs(value - values[at])),
      0,
    );
    expect({ name, shape: fused[name].shape, close: worst <= tolerance }).toEqual({
      name,
      shape: expected.shape,
      close: true,
    });
  }
}

/** A function's value, and its gradients for a fixed weighting of its outputs. */
const withGradients = (compute: (...inputs: tf.Tensor[]) => tf.Tensor, names: string[]) => (inputs: Tensors) => {
  const operands = names.map((name) => inputs[name]);
  const { value, grads } = tf.valueAndGrads(compute)(operands, inputs.weighting);
  return { value, ...Object.fromEntries(grads.map((gradient, at) => [`d${names[at]}`, gradient])) };
};

/** Sequences that follow each other. */
function sequencesOf(lengths: readonly number[]): SequenceRows {
  let row = 0;
  const firstRows = lengths.flatMap((length) => {
    const firstRow = row;
    row += length;
    return Array<number>(length).fill(firstRow);
  });
  return { firstRows_M: tf.tensor1d(firstRows, 'int32'), longest: Math.max(...lengths) };
}

/** Sizes that fill neither vectors nor blocks, and one row; enough rows for several threads. */
const SIZES = [
  [1, 3],
  [37, 21],
  [300, 64],
  [2000, 130],
];

describe('ops of our own equal those of tfjs, forwards and backwards', () => {
  it.each(SIZES)('rmsNorm of %i rows of %i', (rows, width) => {
    const compute = withGradients((x, weight) => rmsNorm(x as tf.Tensor2D, weight, 1e-6), ['x', 'weight']);
    const weight = tf.randomNormal([width], 1, 0.2, 'float32', 3);
    const inputs = { x: randomMatrix(rows, width, 1), weight, weighting: randomMatrix(rows, width, 2) };
    // The weight's gradient sums over the rows.
    expectSame(bothWays(compute, inputs), 1e-6 * (20 + rows));
  });

  it.each(SIZES)('swiglu of %i rows of %i', (rows, width) => {
    const compute = withGradients((gate, up) => swiglu(gate as tf.Tensor2D, up as tf.Tensor2D), ['gate', 'up']);
    const gate = tf.mul(randomMatrix(rows, width, 1), 8);
    expectSame(bothWays(compute, { gate, up: randomMatrix(rows, width, 2), weighting: randomMatrix(rows, width, 3) }));
  });

  it.each([
    [1, 2, 4],
    [700, 3, 10],
  ])('rotations of %i rows of %i heads of %i', (rows, heads, size) => {
    const angles = randomMatrix(rows, size / 2, 1);
    const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
    const tables = { cos: tf.concat([cos, cos], 1), sin: tf.concat([tf.neg(sin), sin], 1) };
    const compute = (inputs: Tensors) => {
      const rotary = { cos_MC: inputs.cos as tf.Tensor2D, signedSin_MC: inputs.sin as tf.Tensor2D };
      return withGradients((x) => rotate(x as tf.Tensor2D, rotary), ['x'])(inputs);
    };
    const x = randomMatrix(rows, heads * size, 2);
    expectSame(bothWays(compute, { ...tables, x, weighting: randomMatrix(rows, heads * size, 3) }));
  });

  it.each([
    { lengths: [1], heads: 1, groups: 1, size: 2 },
    { lengths: [37, 37, 37], heads: 2, groups: 3, size: 12 },
    { lengths: [64, 1, 31, 2, 32, 33, 5], heads: 1, groups: 2, size: 16 },
    { lengths: [3, 130, 90], heads: 3, groups: 1, size: 40 },
  ])('causal attention, %j', ({ lengths, heads, groups, size }) => {
    const compute = withGradients(
      (queries_MX, keys_MY, values_MY) =>
        causalAttention({ queries_MX, keys_MY, values_MY } as Heads, sequencesOf(lengths), heads),
      ['queries', 'keys', 'values'],
    );
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const of = (width: number, seed: number) => randomMatrix(rows, width, seed);
    const [queries, keys] = [of(heads * groups * size, 1), of(heads * size, 2)];
    const inputs = { queries, keys, values: of(heads * size, 3), weighting: of(heads * groups * size, 4) };
    expectSame(bothWays(compute, inputs));
  });

  it('attention over the slots of a cache, which hold from one token to all they have room for', () => {
    const [slots, heads, groups, size, room] = [5, 2, 3, 12, 24];
    const compute = ({ queries, keys, values, lengths }: Tensors) => {
      const [keys_RC, values_RC] = [keys as tf.Tensor2D, values as tf.Tensor2D];
      const tables = { keys_RC, values_RC, room, lengths_B: lengths as tf.Tensor1D };
      return { mixed: slotAttention(queries as tf.Tensor2D, tables, heads) };
    };
    // The table has a slot more than there are queries.
    const [keys, values] = [1, 2].map((seed) => randomMatrix((slots + 1) * heads * room, size, seed));
    const queries = randomMatrix(slots, heads * groups * size, 3);
    expectSame(bothWays(compute, { queries, keys, values, lengths: tf.tensor1d([1, 7, 16, 23, 24], 'int32') }));
  });

  it.each([
    [1, 5],
    [90, 411],
  ])('scores of %i tokens in a vocabulary of %i', (count, vocabulary) => {
    const targets = tf.tensor1d(
      [...Array(count).keys()].map((at) => (at * 7) % vocabulary),
      'int32',
    );
    const compute = (inputs: Tensors) => {
      const score = (logits: tf.Tensor) => scoreTokens(logits as tf.Tensor2D, inputs.targets as tf.Tensor1D);
      const scored = withGradients((logits) => score(logits).logprobs_N, ['logits'])(inputs);
      return { ...scored, entropies: score(inputs.logits).entropies_N };
    };
    const logits = tf.mul(randomMatrix(count, vocabulary, 1), 4);
    expectSame(bothWays(compute, { logits, targets, weighting: tf.randomNormal([count], 0, 1, 'float32', 2) }));
  });

  it.each([0, 0.7, 1])('tokens drawn at temperature %d', (temperature) => {
    const compute = ({ logits, uniforms }: Tensors) =>
      drawTokens(logits as tf.Tensor2D, uniforms as tf.Tensor1D, temperature);
    const logits = tf.mul(randomMatrix(200, 411, 1), 3);
    const { fused, reference } = bothWays(compute, { logits, uniforms: tf.randomUniform([200], 0, 1, 'float32', 2) });
    expect([...fused.tokenIds_B.dataSync()]).toEqual([...reference.tokenIds_B.dataSync()]);
    expectSame({ fused, reference });
  });
});

it('numbers that are not finite come through, so that a diverged model is seen', () => {
  const compute = ({ x, weight }: Tensors) => ({
    normed: rmsNorm(x as tf.Tensor2D, weight, 1e-6),
    gated: swiglu(x as tf.Tensor2D, x as tf.Tensor2D),
    mixed: causalAttention({ queries_MX: x, keys_MY: x, values_MY: x } as Heads, sequencesOf([1]), 1),
  });
  const { fused } = bothWays(compute, { x: tf.tensor2d([[Number.NaN, 1]]), weight: tf.ones([2]) });
  for (const output of Object.values(fused)) expect(output.dataSync()[0]).toBeNaN();
});

/** Rows as queries, keys and values of two heads at once. */
function attendToSelf({ x, firstRows }: Tensors): tf.Tensor2D {
  const heads = { queries_MX: x, keys_MY: x, values_MY: x } as Heads;
  return causalAttention(heads, { firstRows_M: firstRows as tf.Tensor1D, longest: x.shape[0] }, 2);
}

it('a sequence attends to itself alone, wherever it stands', () => {
  const executor = createExecutor('traced');
  const attend = executor.define(attendToSelf);
  const of = (x: tf.Tensor, lengths: number[]) => attend({ x, firstRows: sequencesOf(lengths).firstRows_M });
  const x = randomMatrix(133, 24, 1);
  const together = of(x, [33, 50, 21, 29]);
  const alone = of(tf.slice(x, 83, 21), [21]);
  expect([...tf.slice(together, 83, 21).dataSync()]).toEqual([...alone.dataSync()]);
  executor.dispose();
});

it('rows that are not one sequence after another are an error that says so', () => {
  const executor = createExecutor('traced');
  const attend = executor.define(attendToSelf);
  for (const firstRows of [
    [1, 1, 2],
    [0, 0, 1],
    [-1, 1, 1],
    [0, 1, 0],
  ]) {
    const inputs = { x: randomMatrix(3, 4, 1), firstRows: tf.tensor1d(firstRows, 'int32') };
    expect(() => attend(inputs)).toThrow('RiseCausalAttention: the rows are not one sequence after another');
  }
  executor.dispose();
});

it('a token that is not in the vocabulary is an error that says so', () => {
  const executor = createExecutor('traced');
  const score = executor.define(({ logits, targets }: Tensors) => ({
    logprobs: scoreTokens(logits as tf.Tensor2D, targets as tf.Tensor1D).logprobs_N,
  }));
  const inputs = { logits: randomMatrix(1, 3, 1), targets: tf.tensor1d([3], 'int32') };
  expect(() => score(inputs)).toThrow('RiseTokenScores: a target is not in the vocabulary');
  executor.dispose();
});
