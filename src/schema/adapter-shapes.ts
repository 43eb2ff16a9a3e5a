import type { AdapterConfig } from './config/adapter.ts';
import { InvalidInputError } from './errors.ts';

/** PEFT's `all-linear` leaves it out. */
const OUTPUT = 'lm_head';
const EMBEDDINGS = 'model.embed_tokens';

/** Which of a model's layers take an adapter, and of what rank. */
export interface AdapterChoice extends Pick<AdapterConfig, 'rank' | 'targets'> {
  /** Layers that are left alone whatever the targets say. */
  isFrozen(name: string): boolean;
}

/**
 * What an adapter trains: the name and shape of A, `[rank, in]`, and B, `[out, rank]`, of each chosen layer, as
 * `<layer>.lora_A.weight` and `<layer>.lora_B.weight`.
 *
 * @param weightShapes of the model, under their Hugging Face names
 * @throws InvalidInputError a target that is the end of no linear layer's name
 */
export function listAdapterShapes(
  weightShapes: ReadonlyMap<string, readonly number[]>,
  { rank, targets, isFrozen }: AdapterChoice,
): Map<string, [number, number]> {
  const layers = [...listLinearLayers(weightShapes)].filter(([name]) => !isFrozen(name));
  const unknown =
    targets === 'all-linear' ? [] : targets.filter((target) => !layers.some(([name]) => endsWith(name, target)));
  if (unknown.length > 0) throw refuseTargets(unknown, layers);
  const isTarget = (name: string) =>
    targets === 'all-linear' ? name !== OUTPUT : targets.some((target) => endsWith(name, target));
  return new Map(
    layers.filter(([name]) => isTarget(name)).flatMap(([name, shape]) => listLayerShapes(name, shape, rank)),
  );
}

/** Name and shape, `[out, in]`, of the layers that an adapter can stand beside. */
export function listLinearLayers(weightShapes: ReadonlyMap<string, readonly number[]>): Map<string, [number, number]> {
  const layers = [...weightShapes].flatMap(([name, shape]): [string, [number, number]][] => {
    const layer = name.replace(/\.weight$/, '');
    return shape.length === 2 && layer !== EMBEDDINGS ? [[layer, [shape[0], shape[1]]]] : [];
  });
  return new Map(layers);
}

/** What an adapter has of a layer of shape `[out, in]`. */
export const listLayerShapes = (
  layer: string,
  [output, input]: readonly [number, number],
  rank: number,
): [string, [number, number]][] => [
  [`${layer}.lora_A.weight`, [rank, input]],
  [`${layer}.lora_B.weight`, [output, rank]],
];

/** The layer that A or B of an adapter is of; undefined for another name. */
export const parseAdapterName = (name: string) => /^(.+)\.lora_[AB]\.weight$/.exec(name)?.[1];

/** Whole parts of a name between dots, as PEFT matches them: `q_proj`, `self_attn.q_proj`, not `proj`. */
export const endsWith = (name: string, target: string) => name === target || name.endsWith(`.${target}`);

function refuseTargets(unknown: readonly string[], layers: readonly [string, unknown][]): InvalidInputError {
  const ends = new Set(layers.map(([name]) => name.split('.').at(-1)!));
  return new InvalidInputError(
    `policy.adapter.targets: ${unknown.join(', ')} is the name of no linear layer that is trained; there are ` +
      `${[...ends].join(', ')} (those of the vision tower with policy.freezeVisionTower: false alone)`,
  );
}
