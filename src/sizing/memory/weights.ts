import { countAdapter } from '../adapter.ts';
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
  const { adapter, isVisionFrozen, precision, stateNumbers, hasReference } = work;
  const reference = hasReference && !adapter ? frozenWeights(shape, work) : 0;
  if (adapter) {
    const trained = countAdapter(shape, adapter, isVisionFrozen);
    const copies = precision === 'bf16' ? BF16 * trained : 0;
    return { weights: frozenWeights(shape, work) + reference + copies, ...stateOf(trained, stateNumbers) };
  }
  const isTrained = (name: string) => !(isVisionFrozen && isVision(name));
  const entries = [...shape.weightShapes];
  const trained = sum(entries.filter(([name]) => isTrained(name)).map(([, sizes]) => sizeOf(sizes)));
  const beside = entries.map(([name, sizes]) => {
    if (!isTrained(name)) return frozenBytes(shape, name, sizes, work);
    return precision === 'bf16' && sizes.length > 1 && isFactor(shape, name) ? BF16 * sizeOf(sizes) : 0;
  });
  return { weights: sum(beside) + reference, ...stateOf(trained, stateNumbers) };
}

const stateOf = (trained: number, stateNumbers: number) => ({
  masters: FLOAT32 * trained,
  gradients: FLOAT32 * trained,
  moments: FLOAT32 * stateNumbers * trained,
});
