import { listAdapterShapes } from '../schema/adapter-shapes.ts';
import type { AdapterConfig } from '../schema/config/adapter.ts';
import { isVision, type ModelShape, sizeOf, sum } from './model-shape.ts';

/** Low-rank updates that are trained in place of the weights. */
export type AdapterSize = Pick<AdapterConfig, 'rank' | 'targets'>;

/**
 * Numbers in an adapter.
 *
 * @throws InvalidInputError a target that is the end of no linear layer's name
 */
export function countAdapter({ weightShapes }: ModelShape, adapter: AdapterSize, isVisionFrozen: boolean): number {
  const isFrozen = (name: string) => isVisionFrozen && isVision(name);
  return sum([...listAdapterShapes(weightShapes, { ...adapter, isFrozen }).values()].map(sizeOf));
}
