import { planCopies } from '../../engine/training/plan-segments.ts';
import { listAdapter } from '../adapter.ts';
import { isVision, type ModelShape, sizeOf, sum } from '../model-shape.ts';
import type { TrainingWork, Work } from '../work.ts';
import type { Memory } from './memory.ts';

/** Bytes of a number. */
export const FLOAT32 = 4;
export const BF16 = 2;

/** Weights of a policy that is only read. */
export function frozenWeights(shape: ModelShape, work: Pick<Work, 'precision' | 'storedBytes'>): number {
  return sum([...shape.weightShapes].map(([name, sizes]) => frozenBytes(shape, name, sizes, work)));
}

/**
 * A matrix that is stored in bf16 stays so where products are in bf16; one in float32 has a copy there. Vectors are float32.
 */
function frozenBytes(
  shape: ModelShape,
  name: string,
  sizes: readonly number[],
  { precision, storedBytes }: Pick<Work, 'precision' | 'storedBytes'>,
): number {
  const size = sizeOf(sizes);
  if (precision === 'float32' || sizes.length === 1) return FLOAT32 * size;
  if (storedBytes === BF16) return BF16 * size;
  return (FLOAT32 + (isFactor(shape, name) ? BF16 : 0)) * size;
}

/** Whether products read a matrix: embeddings are gathered, and are a factor only where they are the head as well. */
function isFactor({ config }: ModelShape, name: string): boolean {
  return name !== 'model.embed_tokens.weight' || config.text.tiesEmbeddings;
}

/** What a training job holds of the weights and of what is trained. */
export function trainedMemory(
  shape: ModelShape,
  work: TrainingWork,
): Pick<Memory, 'weights' | 'masters' | 'gradients' | 'moments'> {
  const { adapter, isVisionFrozen, stateNumbers, hasReference } = work;
  const reference = hasReference && !adapter ? frozenWeights(shape, work) : 0;
  const isTrained = (name: string) => !adapter && !(isVisionFrozen && isVision(name));
  const own = [...shape.weightShapes];
  const frozen = own.filter(([name]) => !isTrained(name)).map(([name, sizes]) => frozenBytes(shape, name, sizes, work));
  const trained = adapter
    ? listAdapter(shape, adapter, isVisionFrozen)
    : new Map(own.filter(([name]) => isTrained(name)));
  return {
    weights: sum(frozen) + reference + copiesOf(shape, trained, work),
    ...stateOf(sum([...trained.values()].map(sizeOf)), stateNumbers),
  };
}

/** Of the trained matrices, what products in bf16 read in place of their masters. */
function copiesOf(
  shape: ModelShape,
  trained: ReadonlyMap<string, readonly number[]>,
  { precision }: Pick<Work, 'precision'>,
): number {
  if (precision === 'float32') return 0;
  const formOf = planCopies(
    [...trained.values()].map((shape) => ({ shape })),
    shape.config,
  );
  const isCopied = ([name, sizes]: [string, readonly number[]]) =>
    sizes.length > 1 && isFactor(shape, name) && formOf({ shape: sizes }) === 'float32';
  return BF16 * sum([...trained].filter(isCopied).map(([, sizes]) => sizeOf(sizes)));
}

const stateOf = (trained: number, stateNumbers: number) => ({
  masters: FLOAT32 * trained,
  gradients: FLOAT32 * trained,
  moments: FLOAT32 * stateNumbers * trained,
});
