import { createNativeTensor, type NativeTensor } from '../../src/engine/runtime/native-tensor.ts';
import type { HostTensor, TensorSource } from '../../src/engine/weights/encode-safetensors.ts';
import { loadTensors } from '../../src/engine/weights/load-tensors.ts';
import type { ModelFiles } from '../../src/engine/weights/model-files.ts';
import { openWeightFiles } from '../../src/engine/weights/weight-files.ts';

/** A checkpoint folder in memory, read as from a store: in pieces of an odd length. Objects are files of JSON. */
export function modelFilesOf(files: Record<string, Uint8Array | object>, pieceBytes = 7): ModelFiles {
  const read = async (name: string) => {
    const file = files[name];
    return file === undefined || file instanceof Uint8Array ? file : Buffer.from(JSON.stringify(file));
  };
  return {
    read,
    async open(name) {
      const bytes = await read(name);
      return (
        bytes && {
          name,
          bytes: bytes.byteLength,
          async *read(start, end) {
            for (let at = start; at < end; at += pieceBytes) yield bytes.subarray(at, Math.min(at + pieceBytes, end));
          },
        }
      );
    },
  };
}

/** All values of a folder's weights, as float32. */
export async function readWeights(files: ModelFiles, name?: string): Promise<Map<string, HostTensor>> {
  const tensors = await loadTensors(await openWeightFiles(files, name));
  const weights = [...tensors].map(([name, tensor]): [string, HostTensor] => {
    const data = tensor.toFloat32();
    tensor.release();
    return [name, { shape: [...tensor.shape], data }];
  });
  return new Map(weights);
}

/** Tensors as a loaded file has them. */
export function toNative(sources: ReadonlyMap<string, TensorSource>): Map<string, NativeTensor> {
  return new Map(
    [...sources].map(([name, { shape, values }]) => {
      const tensor = createNativeTensor('float32', shape);
      let filled = 0;
      for (const piece of values()) {
        tensor.fill(filled, 'float32', new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
        filled += piece.length;
      }
      return [name, tensor];
    }),
  );
}
