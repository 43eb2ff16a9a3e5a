import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { createExecutor, type Engine } from '../../../../src/engine/runtime/create-executor.ts';
import {
  createNativeTensor,
  mapTensorFile,
  type NativeTensor,
  type StoredType,
} from '../../../../src/engine/runtime/native-tensor.ts';
import type { Precision } from '../../../../src/engine/runtime/rewrites/mixed-precision.ts';
import { createWeightVariable } from '../../../../src/engine/runtime/weight-variable.ts';

beforeAll(loadBackend);

/** Numbers that bfloat16 holds. */
const VALUES = [1, -2.5, 0.15625, 384];

const bfloat16 = (values: readonly number[]) =>
  new Uint8Array(Uint16Array.from(new Uint32Array(Float32Array.from(values).buffer), (bits) => bits >>> 16).buffer);

function aTensor(values = VALUES, shape = [2, values.length / 2]): NativeTensor {
  const tensor = createNativeTensor('bfloat16', shape);
  tensor.fill(0, 'bfloat16', bfloat16(values));
  return tensor;
}

let instances = 0;
const aWeight = (tensor = aTensor()) => createWeightVariable(tensor, `weight${instances++}`);

describe('a native tensor', () => {
  it('takes the types of files, in pieces, and gives float32', () => {
    const tensor = createNativeTensor('float32', [3]);
    tensor.fill(1, 'bfloat16', bfloat16([-2.5]));
    tensor.fill(0, 'float32', new Uint8Array(Float32Array.of(0.1).buffer));
    tensor.fill(2, 'float16', Uint8Array.of(0x01, 0x80));
    expect([...tensor.toFloat32()]).toEqual([Math.fround(0.1), -2.5, -(2 ** -24)]);
    expect(() => tensor.fill(2, 'bfloat16', bfloat16([1, 2]))).toThrow(/past its end/);
    expect(() => aTensor().fill(0, 'float16', new Uint8Array(2))).toThrow(/numbers of that type/);
    tensor.release();
    expect(() => tensor.toFloat32()).toThrow(/released/);
  });

  it.each<[StoredType, string]>([
    ['float32', 'abcdefgh'],
    ['bfloat16', 'abcd'],
    ['float16', 'abcd'],
  ])('is mapped from a place in a file of %s as it is filled from memory', (stored, text) => {
    const path = join(tmpdir(), `native-tensor-${process.pid}-${stored}`);
    writeFileSync(path, `header ${text}`);
    const map = mapTensorFile(path, 7 + text.length);
    const filled = createNativeTensor('float32', [2]);
    filled.fill(0, stored, Buffer.from(text));
    expect(map(7, stored, [2]).toFloat32()).toEqual(filled.toFloat32());
    expect(() => map(8, stored, [2])).toThrow(/ends too early/);
    expect(() => mapTensorFile(path, 8 + text.length)).toThrow(/ends too early/);
    expect(() => mapTensorFile(`${path}-absent`, 1)).toThrow(/No such file/);
  });

  it.each([0, 4])('is larger than one thread copies at a time, %d bytes after an aligned place', (shift) => {
    const path = join(tmpdir(), `native-tensor-${process.pid}-large-${shift}`);
    const values = Float32Array.from({ length: 3_000_001 }, (_, at) => at);
    writeFileSync(path, Buffer.concat([Buffer.alloc(shift), new Uint8Array(values.buffer)]));
    const tensor = mapTensorFile(path, shift + values.byteLength)(shift, 'float32', [values.length]);
    rmSync(path);
    expect(tensor.toFloat32()).toEqual(values);
    const executor = createExecutor('traced');
    const adopted = executor.adopt(aWeight(tensor));
    tensor.release();
    const last = executor.define(() => {
      adopted.assignAdd(tf.onesLike(adopted.value()));
      return { last: tf.slice(adopted.value(), [3_000_000], [1]) };
    });
    expect(last({}).last.dataSync()[0]).toBe(3_000_001);
    executor.dispose();
  });

  it('that a session has changed is in its file as it was', () => {
    const path = join(tmpdir(), `native-tensor-${process.pid}-changed`);
    writeFileSync(path, Float32Array.of(1, 2));
    const tensor = mapTensorFile(path, 8)(0, 'float32', [2]);
    const executor = createExecutor('traced');
    const adopted = executor.adopt(aWeight(tensor));
    executor.read([adopted]);
    tensor.release();
    const change = executor.define(() => {
      adopted.assignAdd(tf.ones([2]));
      return {};
    });
    for (let time = 0; time < 3; time++) change({});
    expect([...executor.read([adopted])[0].data]).toEqual([4, 5]);
    expect([...mapTensorFile(path, 8)(0, 'float32', [2]).toFloat32()]).toEqual([1, 2]);
    executor.dispose();
  });
});

describe.each<[Engine, Precision]>([
  ['eager', 'float32'],
  ['traced', 'float32'],
  ['traced', 'bf16'],
])('a weight that lies in native memory, %s %s', (engine, precision) => {
  const open = () => createExecutor(engine, precision);

  it('is multiplied, gathered, reshaped and returned as what it holds', () => {
    const executor = open();
    const weight = aWeight();
    executor.adopt(weight);
    const run = executor.define(({ x, rows }: { x: tf.Tensor2D; rows: tf.Tensor1D }) => ({
      product: tf.matMul(x, weight as tf.Tensor2D, false, true),
      gathered: tf.gather(weight, rows),
      reshaped: tf.matMul(x, tf.reshape(weight, [2, 2])),
      sum: tf.add(weight, 0.1),
      own: tf.mul(weight, 1),
    }));
    const outputs = run({ x: tf.tensor2d([[2, 1]]), rows: tf.tensor1d([1], 'int32') });
    const values = Object.fromEntries(
      Object.entries(outputs).map(([name, { dataSync }]) => [name, [...dataSync.call(outputs[name as 'sum'])]]),
    );
    expect(values).toEqual({
      product: [-0.5, precision === 'bf16' ? 384 : 384.3125],
      gathered: [0.15625, 384],
      reshaped: [2.15625, precision === 'bf16' ? 380 : 379],
      sum: VALUES.map((value) => Math.fround(value + Math.fround(0.1))),
      own: VALUES,
    });
    executor.dispose();
  });

  it('is trained in float32, and read back some numbers at a time', () => {
    const executor = open();
    const [weight, frozen] = [aWeight(), aWeight()];
    const trained = executor.adopt(weight, 'float32');
    executor.adopt(frozen);
    const descend = executor.define(({ x }: { x: tf.Tensor2D }) => {
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.matMul(tf.matMul(x, weight as tf.Tensor2D), frozen as tf.Tensor2D)) as tf.Scalar,
        [weight],
      );
      trained.assignAdd(tf.mul(grads[weight.name], 2 ** -20));
      return {};
    });
    descend({ x: tf.ones([1, 2]) });
    const step = [-1.5, precision === 'bf16' ? 384 : 384.15625].map((sum) => sum * 2 ** -20);
    const expected = Float32Array.from(VALUES, (value, at) => value + step[at % 2]);
    expect([...executor.drain(trained)].flatMap((piece) => [...piece])).toEqual([...expected]);
    expect([...executor.drain(executor.adopt(frozen))].flatMap((piece) => [...piece])).toEqual(VALUES);
    executor.dispose();
  });

  it('that is read at first may be trained later', () => {
    const executor = open();
    const tensor = aTensor();
    const weight = aWeight(tensor);
    const stored = executor.adopt(weight);
    expect([...executor.drain(stored)].flatMap((piece) => [...piece])).toEqual(VALUES);
    if (engine === 'traced') tensor.release();
    const trained = executor.adopt(weight, 'float32');
    const add = executor.define(() => {
      trained.assignAdd(tf.fill([2, 2], 2 ** -20));
      return { sum: tf.sum(weight) };
    });
    add({});
    const expected = VALUES.map((value) => Math.fround(value + 2 ** -20));
    expect([...executor.drain(executor.adopt(weight))].flatMap((piece) => [...piece])).toEqual(expected);
    executor.dispose();
  });

  it('lives on in its executor alone', () => {
    const executor = open();
    const tensor = aTensor();
    const weight = aWeight(tensor);
    executor.adopt(weight);
    const look = executor.define(() => ({ sum: tf.sum(weight) }));
    const first = look({}).sum.dataSync()[0];
    tensor.release();
    expect([first, look({}).sum.dataSync()[0]]).toEqual([382.65625, 382.65625]);
    if (engine === 'traced') expect(() => createExecutor(engine).adopt(weight)).toThrow(/released/);
    executor.dispose();
  });

  it('that training writes leaves what its file held to others', () => {
    const weight = aWeight();
    const [executor, other] = [open(), open()];
    const trained = executor.adopt(weight, 'float32');
    other.adopt(weight);
    const double = executor.define(() => {
      trained.assign(tf.mul(trained.value(), 2));
      return { sum: tf.sum(weight) };
    });
    const look = other.define(() => ({ sum: tf.sum(weight) }));
    expect(double({}).sum.dataSync()[0]).toBe(2 * 382.65625);
    if (engine === 'traced') expect(look({}).sum.dataSync()[0]).toBe(382.65625);
    for (const each of [executor, other]) each.dispose();
  });
});

it.each<Engine>(['eager', 'traced'])('a variable of zeros is made where it lies, %s', (engine) => {
  const executor = createExecutor(engine);
  const variable = executor.createVariable({ dtype: 'float32', shape: [2, 3] });
  expect([...executor.drain(variable)].flatMap((piece) => [...piece])).toEqual([0, 0, 0, 0, 0, 0]);
  const rewritten = executor.createVariable({ dtype: 'float32', shape: [1] });
  rewritten.write(Float32Array.of(5));
  expect([...executor.read([rewritten])[0].data]).toEqual([5]);
  variable.write(Float32Array.of(1, 2, 3, 4, 5, 6));
  expect([...executor.read([variable])[0].data]).toEqual([1, 2, 3, 4, 5, 6]);
  executor.dispose();
});
