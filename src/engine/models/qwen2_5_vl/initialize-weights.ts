import { createRandom } from '../../../base/random.ts';
import { deriveSeed } from '../../../base/seeds.ts';
import { sizeOf } from '../../runtime/native-tensor.ts';
import type { HostTensor } from '../../weights/encode-safetensors.ts';
import type { Qwen25VLConfig } from './config.ts';
import { listWeightShapes } from './weight-shapes.ts';

const EMBEDDING_DEVIATION = 0.05;

/**
 * Random weights for training from nothing: norms 1, biases 0, linear weights normal with variance `1 / fan-in`,
 * those that write into a residual stream divided by `sqrt(2 * layers)` (GPT-2), embeddings with deviation 0.05.
 */
export function initializeWeights(config: Qwen25VLConfig, seed: number): Map<string, HostTensor> {
  const weights = new Map<string, HostTensor>();
  for (const [name, shape] of listWeightShapes(config)) {
    const size = sizeOf(shape);
    const data = new Float32Array(size);
    if (shape.length > 1) fillNormal(data, deviationOf(name, size / shape[0], config), deriveSeed(seed, name));
    else if (!name.endsWith('.bias')) data.fill(1);
    weights.set(name, { shape, data });
  }
  return weights;
}

function deviationOf(name: string, fanIn: number, config: Qwen25VLConfig): number {
  if (/embed_tokens|lm_head/.test(name)) return EMBEDDING_DEVIATION;
  const layers = name.startsWith('visual.') ? config.vision.depth : config.text.layerCount;
  const writesResidual = /\.(o_proj|down_proj|attn\.proj)\.weight$/.test(name);
  return (writesResidual ? 1 / Math.sqrt(2 * layers) : 1) / Math.sqrt(fanIn);
}

/** Box-Muller transform of seeded uniform draws. */
function fillNormal(data: Float32Array, deviation: number, seed: number): void {
  const random = createRandom(seed);
  for (let i = 0; i < data.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    data[i] = deviation * radius * Math.cos(2 * Math.PI * random.next());
  }
}
