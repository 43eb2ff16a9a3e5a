import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import type { Executor } from '../../../../src/engine/runtime/executor.ts';
import { createNativeTensor, mapTensorFile, type NativeTensor } from '../../../../src/engine/runtime/native-tensor.ts';
import { shiftTensor } from '../../../../src/engine/runtime/shifted-weight.ts';
import { createTracedExecutor } from '../../../../src/engine/runtime/traced-executor.ts';
import { createWeightVariable } from '../../../../src/engine/runtime/weight-variable.ts';

beforeAll(loadBackend);

const [ROWS, COLUMNS] = [1100, 520];

/** -2 to 2: sums of few of them are what bfloat16 holds. */
const valueAt = (at: number) => ((at * 7 + Math.floor(at / COLUMNS) * 3) % 5) - 2;
const VALUES = Float32Array.from({ length: ROWS * COLUMNS }, (_, at) => valueAt(at));

const bfloat16 = (values: Float32Array) =>
  new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);

let files = 0;

/** The matrix as it lies in a file behind some bytes. */
function aMappedMatrix(before: Uint8Array, values = VALUES): NativeTensor {
  const path = join(tmpdir(), `shifted-weight-${process.pid}-${files++}`);
  const bytes = Buffer.concat([before, bfloat16(values)]);
  writeFileSync(path, bytes);
  const matrix = mapTensorFile(path, bytes.length)(before.length, 'bfloat16', [ROWS, COLUMNS]);
  rmSync(path);
  return matrix;
}

function aMatrixOfItsOwn(): NativeTensor {
  const matrix = createNativeTensor('bfloat16', [ROWS, COLUMNS]);
  matrix.fill(0, 'bfloat16', bfloat16(VALUES));
  return matrix;
}

let weights = 0;
const aWeight = (matrix: NativeTensor) => createWeightVariable(matrix, `shifted${weights++}`);

/** Zeros but for three ones at the ends and in the middle, by row. */
function someOnes(rows: number, columns: number): tf.Tensor2D {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (const column of [row, columns >> 1, columns - 1 - row]) values[row * columns + column] = 1;
  }
  return tf.tensor2d(values, [rows, columns]);
}

function runAll(executor: Executor, matrix: NativeTensor): Record<string, Float32Array> {
  const weight = aWeight(matrix);
  const adopted = executor.adopt(weight);
  const run = executor.define(({ x, y, rows }: { x: tf.Tensor2D; y: tf.Tensor2D; rows: tf.Tensor1D }) => ({
    product: tf.matMul(x, weight as tf.Tensor2D, false, true),
    transposed: tf.matMul(y, weight as tf.Tensor2D),
    gradient: tf.grad((x) => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D, false, true))))(x),
    leftFactor: tf.matMul(weight as tf.Tensor2D, x, false, true),
    rows: tf.gather(weight, rows),
    columns: tf.gather(weight, rows, 1),
    reshaped: tf.reshape(weight, [COLUMNS, ROWS]),
    sum: tf.add(weight, 0.5),
  }));
  const outputs = run({ x: someOnes(40, COLUMNS), y: someOnes(40, ROWS), rows: tf.tensor1d([0, 7, 519], 'int32') });
  const numbers = Object.entries(outputs).map(([name, output]) => [name, output.dataSync<'float32'>()]);
  return {
    ...Object.fromEntries(numbers),
    drained: Float32Array.from([...executor.drain(adopted)].flatMap((x) => [...x])),
  };
}

describe('a bfloat16 weight that begins amid 64 bytes of a file', () => {
  it.each([2, 8, 48, 62, 72])('%d bytes behind its beginning, is what it is elsewhere, to every op', (bytes) => {
    const [matrix, same] = [aMappedMatrix(new Uint8Array(bytes)), aMatrixOfItsOwn()];
    const [executor, other] = [createTracedExecutor('bf16'), createTracedExecutor('bf16')];
    expect(shiftTensor(matrix)?.shift).toBe((bytes % 64) / 2);
    expect(runAll(executor, matrix)).toEqual(runAll(other, same));
    for (const each of [executor, other]) each.dispose();
  });

  it('is trained in float32 like any other, before and after a look at it', () => {
    const executor = createTracedExecutor('bf16');
    const weight = aWeight(aMappedMatrix(new Uint8Array(8)));
    const look = executor.define(() => ({ first: tf.slice(weight, [0, 0], [1, 3]) }));
    executor.adopt(weight);
    expect([...look({}).first.dataSync()]).toEqual([...VALUES.slice(0, 3)]);
    const trained = executor.adopt(weight, 'float32');
    const add = executor.define(() => {
      trained.assignAdd(tf.fill([ROWS, COLUMNS], 2 ** -20));
      return {};
    });
    add({});
    const [numbers] = executor.read([trained]);
    expect(numbers.data).toEqual(VALUES.map((value) => value + 2 ** -20));
    executor.dispose();
  });

  it.each<[string, () => NativeTensor, number | undefined]>([
    ['what precedes it is not finite', () => aMappedMatrix(Uint8Array.of(0, 0, 0xc0, 0x7f)), undefined],
    [
      'its last column has an infinity',
      () => aMappedMatrix(new Uint8Array(8), VALUES.with(COLUMNS - 1, Infinity)),
      undefined,
    ],
    ['another column has one', () => aMappedMatrix(new Uint8Array(8), VALUES.with(0, Infinity)), 4],
    ['it begins where TensorFlow takes it', () => aMappedMatrix(new Uint8Array(64)), undefined],
    ['it is in no file', aMatrixOfItsOwn, undefined],
  ])('is shifted only where 0 times its neighbours is 0: when %s', (_, matrix, shift) => {
    expect(shiftTensor(matrix())?.shift).toBe(shift);
  });
});
