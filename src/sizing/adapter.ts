import { isVision, type ModelShape, sum } from './model-shape.ts';

/** Low-rank updates that are trained in place of the weights. */
export interface AdapterChoice {
  rank: number;
  targets: 'all-linear' | readonly string[];
}

/** Numbers in an adapter: `rank (in + out)` of each layer that it updates. */
export function countAdapter(shape: ModelShape, { rank, targets }: AdapterChoice, isVisionFrozen: boolean): number {
  const layers = [...shape.weightShapes].flatMap(([weight, sizes]): [string, readonly number[]][] => {
    const name = weight.replace(/\.weight$/, '');
    const isLayer = sizes.length === 2 && name !== 'model.embed_tokens' && !(isVisionFrozen && isVision(name));
    return isLayer ? [[name, sizes]] : [];
  });
  const isTarget = (name: string) =>
    targets === 'all-linear' ? name !== 'lm_head' : targets.some((target) => `.${name}`.endsWith(`.${target}`));
  return sum(layers.filter(([name]) => isTarget(name)).map(([, [output, input]]) => rank * (output + input)));
}
