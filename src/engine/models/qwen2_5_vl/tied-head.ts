import type { HostTensor } from '../../weights/safetensors.ts';
import type { Qwen25VLConfig } from './config.ts';

const EMBEDDINGS = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** A config, and the tensors that go with it. */
interface Checkpoint {
  config: Qwen25VLConfig;
  tensors: ReadonlyMap<string, HostTensor>;
}

/**
 * What a config that ties the embeddings means for the tensors there are, as in `transformers`: a head of other numbers is a
 * head of its own, and one without embeddings gives them theirs.
 */
export function resolveTiedHead(config: Qwen25VLConfig, tensors: ReadonlyMap<string, HostTensor>): Checkpoint {
  const head = tensors.get(HEAD);
  if (!config.text.tiesEmbeddings || !head) return { config, tensors };
  const embeddings = tensors.get(EMBEDDINGS);
  if (!embeddings) return { config, tensors: new Map([...tensors, [EMBEDDINGS, head]]) };
  if (isSame(embeddings, head)) return { config, tensors };
  return { config: { ...config, text: { ...config.text, tiesEmbeddings: false } }, tensors };
}

function isSame(first: HostTensor, second: HostTensor): boolean {
  return (
    first.shape.join() === second.shape.join() && first.data.every((value, at) => Object.is(value, second.data[at]))
  );
}
