import { drainValues, type NativeTensor } from '../../runtime/native-tensor.ts';
import type { HostTensor } from '../../weights/encode-safetensors.ts';
import type { Qwen25VLConfig } from './config.ts';

export const EMBEDDINGS = 'model.embed_tokens.weight';
export const HEAD = 'lm_head.weight';

type Tensor = HostTensor | NativeTensor;

/** A config, and the tensors that go with it. */
interface Checkpoint {
  config: Qwen25VLConfig;
  tensors: ReadonlyMap<string, Tensor>;
}

/** The tensors with the head's as the embeddings, where they are tied and the head alone is there, as in `transformers`. */
export function tieToHead<T>({ text }: Qwen25VLConfig, tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const head = tensors.get(HEAD);
  if (!text.tiesEmbeddings || !head || tensors.has(EMBEDDINGS)) return tensors;
  const tied = new Map([...tensors, [EMBEDDINGS, head]]);
  tied.delete(HEAD);
  return tied;
}

/**
 * What a config that ties the embeddings means for the tensors there are, as in `transformers`: a head of other numbers is a
 * head of its own. One of the same is let go.
 */
export function resolveTiedHead(config: Qwen25VLConfig, tensors: ReadonlyMap<string, Tensor>): Checkpoint {
  const [embeddings, head] = [tensors.get(EMBEDDINGS), tensors.get(HEAD)];
  if (!config.text.tiesEmbeddings || !embeddings || !head) return { config, tensors };
  if (!isSame(embeddings, head)) {
    return { config: { ...config, text: { ...config.text, tiesEmbeddings: false } }, tensors };
  }
  if ('handle' in head) head.release();
  return { config, tensors: new Map([...tensors].filter(([name]) => name !== HEAD)) };
}

function isSame(first: Tensor, second: Tensor): boolean {
  if (first.shape.join() !== second.shape.join()) return false;
  const others = valuesOf(second);
  for (const piece of valuesOf(first)) {
    if (Buffer.compare(bytesOf(piece), bytesOf(others.next().value!)) !== 0) return false;
  }
  return true;
}

function* valuesOf(tensor: Tensor): Generator<Float32Array, undefined> {
  if ('data' in tensor) yield tensor.data;
  else {
    tensor.retain();
    yield* drainValues(tensor);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
