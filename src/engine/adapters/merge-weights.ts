// Shape suffixes: R = some rows of a layer's weights, D = width that the layer reads, r = rank, O = width that it writes.
import * as tf from '@tensorflow/tfjs-core';
import { createNativeTensor, type NativeTensor } from '../runtime/native-tensor.ts';
import { encodeValues } from '../weights/encode-safetensors.ts';
import { loadTensors } from '../weights/load-tensors.ts';
import type { ModelFile } from '../weights/model-files.ts';
import { BYTES_PER_VALUE, readBytes, type StoredTensor } from '../weights/safetensors-header.ts';
import type { StoredAdapter } from './load-adapter.ts';

/** Values that are merged at a time: 4 MB in float32. */
const PIECE_VALUES = 2 ** 20;

/** A tensor of a weights file, and the layer whose weight it is. */
export interface LayerTensor {
  layer: string;
  tensor: StoredTensor;
}

/**
 * A weights file with `W + scale B A` in place of each adapted W, in its stored type, some bytes at a time. All else of it, the
 * header too, is as it was.
 *
 * @param tensors of this file that the adapter updates
 */
export async function* mergeWeightFile(
  file: ModelFile,
  tensors: readonly LayerTensor[],
  adapter: StoredAdapter,
): AsyncGenerator<Uint8Array> {
  let copied = 0;
  for (const { layer, tensor } of tensors.toSorted((a, b) => a.tensor.position - b.tensor.position)) {
    yield* file.read(copied, tensor.position);
    yield* mergeTensor(tensor, layer, adapter);
    copied = tensor.position + tensor.bytes;
  }
  yield* file.read(copied, file.bytes);
}

async function* mergeTensor(weight: StoredTensor, layer: string, adapter: StoredAdapter): AsyncGenerator<Uint8Array> {
  const [output, input] = weight.shape;
  const rowBytes = input * BYTES_PER_VALUE[weight.dtype];
  const rowsTogether = Math.max(1, Math.floor(PIECE_VALUES / input));
  const { update, release } = await loadUpdate(layer, adapter);
  for (let row = 0; row < output; row += rowsTogether) {
    const rows = Math.min(rowsTogether, output - row);
    const start = weight.position + row * rowBytes;
    const values = widen(await readBytes(weight.file, start, start + rows * rowBytes), weight);
    const added = update(row, rows);
    for (let at = 0; at < values.length; at++) values[at] += added[at];
    yield encodeValues(values, weight.dtype);
  }
  release();
}

/** Gives some rows of `scale B A`. */
async function loadUpdate(layer: string, { tensors, scales }: StoredAdapter) {
  const names = ['A', 'B'].map((side) => `${layer}.lora_${side}.weight`);
  const loaded = await loadTensors(new Map(names.map((name) => [name, tensors.get(name)!])));
  const [a_rD, b_Or] = names.map((name) => upload(loaded.get(name)!));
  const update = (row: number, rows: number) => {
    const update_RD = tf.tidy(() => {
      const rows_Rr = tf.slice(b_Or, [row, 0], [rows, -1]);
      return tf.mul(tf.matMul(rows_Rr, a_rD), scales.get(layer)!);
    });
    // Not within: tidying looks for tensors in all that it is given, each number too.
    const values = update_RD.dataSync<'float32'>();
    update_RD.dispose();
    return values;
  };
  return { update, release: () => tf.dispose([a_rD, b_Or]) };
}

function upload(values: NativeTensor): tf.Tensor2D {
  const tensor = tf.tensor2d(values.toFloat32(), values.shape as [number, number]);
  values.release();
  return tensor;
}

function widen(bytes: Uint8Array, { dtype }: StoredTensor): Float32Array {
  const tensor = createNativeTensor('float32', [bytes.byteLength / BYTES_PER_VALUE[dtype]]);
  tensor.fill(0, dtype, bytes);
  const values = tensor.toFloat32();
  tensor.release();
  return values;
}
