import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { createExecutor } from '../../../../src/engine/runtime/create-executor.ts';
import { slotAttention } from '../../../../src/engine/runtime/kernels/attention.ts';
import { nodeBackend } from '../../../../src/engine/runtime/node-backend.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';

beforeAll(loadBackend);
afterEach(() => {
  nodeBackend().isUsingGpuDevice = false;
});

/** Between 1 and the next number that bfloat16 holds, nearer to 1. */
const NEARLY_ONE = 1 + 2 ** -9;

describe('in bf16', () => {
  it('operands and product of a product are rounded, a sum and the products of attention are not', () => {
    const executor = createExecutor('traced', 'bf16');
    const run = executor.define(({ x }: { x: tf.Tensor2D }) => ({
      product: tf.matMul(x, x, false, true),
      sum: tf.add(x, x),
      batched: tf.matMul(tf.expandDims(x), tf.expandDims(x), false, true),
    }));
    const { product, sum, batched } = run({ x: tf.tensor2d([[NEARLY_ONE, 16]]) });
    expect([...product.dataSync()]).toEqual([256]);
    expect([...sum.dataSync()]).toEqual([2 * NEARLY_ONE, 32]);
    expect([...batched.dataSync()]).toEqual([Math.fround(256 + NEARLY_ONE ** 2)]);
    executor.dispose();
  });

  it.each(['float32', 'float32-alone'] as const)(
    'products see a weight that is held as %s as it is, whoever has changed it',
    (form) => {
      const executor = createExecutor('traced', 'bf16');
      const weight = tf.variable(tf.tensor2d([[1, 2]]));
      const adopted = executor.adopt(weight, form);
      const timesX = (w: tf.Tensor) => tf.matMul(w as tf.Tensor2D, tf.tensor2d([[10, 1]]), false, true);
      const multiply = executor.define(() => ({ y: timesX(weight) }));
      const double = executor.define(() => {
        const before = timesX(weight);
        adopted.assign(tf.mul(adopted.value(), 2));
        return { before, after: timesX(adopted.value()) };
      });
      const product = () => multiply({}).y.dataSync()[0];
      expect(product()).toBe(12);
      const { before, after } = double({});
      expect([before.dataSync()[0], after.dataSync()[0], product()]).toEqual([12, 24, 24]);
      adopted.write(Float32Array.of(3, 0));
      expect(product()).toBe(30);
      executor.dispose();
    },
  );

  it.each([
    ['by our op', false],
    ["by TensorFlow's own ops, as on a GPU,", true],
  ])('keys and values are held in bf16, and attended to %s as those rounded numbers', (_, isUsingGpuDevice) => {
    nodeBackend().isUsingGpuDevice = isUsingGpuDevice;
    const [heads, groups, size, room] = [2, 3, 24, 5];
    const rows = tf.randomNormal([2 * heads * room, size], 0, 1, 'float32', 1) as tf.Tensor2D;
    const queries = tf.randomNormal([2, heads * groups * size], 0, 1, 'float32', 2) as tf.Tensor2D;
    const mixed = (['bf16', 'float32'] as const).map((precision) => {
      const executor = createExecutor('traced', precision);
      const table = executor.createRowTable(2 * heads * room, size);
      const numbers = precision === 'bf16' ? rows : roundToBf16(rows);
      executor.define(() => table.allocate())({});
      const attend = executor.define(({ queries, numbers }: { queries: tf.Tensor2D; numbers: tf.Tensor2D }) => {
        table.scatterRows(tf.range(0, numbers.shape[0], 1, 'int32'), numbers);
        const held = { keys_RC: table.value(), values_RC: table.value(), room };
        return slotAttention(queries, { ...held, lengths_B: tf.tensor1d([3, 5], 'int32') }, heads);
      });
      const result = attend({ queries, numbers }).dataSync();
      executor.dispose();
      return result;
    });
    mixed[0].forEach((number, at) => {
      expect(number).toBeCloseTo(mixed[1][at], 6);
    });
  });

  it('updates smaller than bf16 can show add up in a weight', () => {
    const executor = createExecutor('traced', 'bf16');
    const weight = tf.variable(tf.tensor2d([[1]]));
    const adopted = executor.adopt(weight);
    const descend = executor.define(({ x }: { x: tf.Tensor2D }) => {
      const { grads } = tf.variableGrads(() => tf.sum(tf.matMul(x, weight as tf.Tensor2D)) as tf.Scalar, [weight]);
      adopted.assignAdd(tf.mul(grads[weight.name], 2 ** -12));
      return {};
    });
    for (let step = 0; step < 32; step++) descend({ x: tf.ones([1, 1]) });
    expect([...executor.read([adopted])[0].data]).toEqual([1 + 2 ** -7]);
    executor.dispose();
  });
});

it('bf16 op by op is refused', () => {
  expect(() => createExecutor('eager', 'bf16')).toThrow(UnsupportedModelError);
});

/** To the nearest number that bfloat16 holds. */
function roundToBf16(x: tf.Tensor2D): tf.Tensor2D {
  const bits = new Uint32Array(x.dataSync<'float32'>().slice().buffer);
  const rounded = bits.map((each) => ((each + 0x7fff + ((each >>> 16) & 1)) >>> 16) << 16);
  return tf.tensor2d(new Float32Array(rounded.buffer), x.shape);
}
