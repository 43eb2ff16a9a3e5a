import { parseModelConfig, type Qwen25VLConfig } from '../engine/models/qwen2_5_vl/config.ts';
import { listWeightShapes } from '../engine/models/qwen2_5_vl/weight-shapes.ts';

/** Parts of a model, in the order of computation. */
export const MODEL_PARTS = ['vision', 'merger', 'embeddings', 'decoder', 'head'] as const;
export type ModelPart = (typeof MODEL_PARTS)[number];

/** What a model's size depends on: its dimensions, and the weights that follow from them. */
export interface ModelShape {
  config: Qwen25VLConfig;
  weightShapes: ReadonlyMap<string, readonly number[]>;
}

/** The shape of the model that a config.json describes. Throws `UnsupportedModelError` as the engine does. */
export function parseModelShape(json: unknown): ModelShape {
  const config = parseModelConfig(json);
  return { config, weightShapes: listWeightShapes(config) };
}

/** Numbers in the weights of each part; a head that is tied to the embeddings has none of its own. */
export function countParameters({ weightShapes }: ModelShape): Record<ModelPart, number> {
  const counts = { vision: 0, merger: 0, embeddings: 0, decoder: 0, head: 0 };
  for (const [name, shape] of weightShapes) counts[partOf(name)] += sizeOf(shape);
  return counts;
}

export function partOf(name: string): ModelPart {
  if (name.startsWith('visual.merger.')) return 'merger';
  if (name.startsWith('visual.')) return 'vision';
  if (name.startsWith('model.embed_tokens.')) return 'embeddings';
  return name.startsWith('lm_head.') ? 'head' : 'decoder';
}

export const isVision = (name: string) => name.startsWith('visual.');

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

export const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);
