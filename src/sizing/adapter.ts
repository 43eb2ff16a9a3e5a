import { listAdapterShapes } from '../schema/adapter-shapes.ts';
import type { AdapterConfig } from '../schema/config/adapter.ts';
import { isVision, type ModelShape, sizeOf, sum } from './model-shape.ts';

/** Low-rank updates that are trained in place of the weights. */
export type AdapterSize = Pick<AdapterConfig, 'rank' | 'targets'>;

/**
 * Matrices of an adapter, and their sizes.
 *
 * @throws InvalidInputError a target that is the end of no linear layer's name
 */
export function listAdapter(
  { weightShapes }: ModelShape,
  adapter: AdapterSize,
  isVisionFrozen: boolean,
): Map<string, readonly number[]> {
  const isFrozen = (name: string) => isVisionFrozen && isVision(name);
  return listAdapterShapes(weightShapes, { ...adapter, isFrozen });
}

/** Numbers in an adapter. */
export function countAdapter(shape: ModelShape, adapter: AdapterSize, isVisionFrozen: boolean): number {
  return sum([...listAdapter(shape, adapter, isVisionFrozen).values()].map(sizeOf));
}
