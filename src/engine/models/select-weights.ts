import { UnsupportedModelError } from '../../schema/errors.ts';
import type { Shaped } from './architecture.ts';

/**
 * The tensors that a model has weights for, in the order of its shapes; others are left out.
 * Throws `UnsupportedModelError` when one is missing or of another shape.
 */
export function selectWeights<Tensor extends Shaped>(
  tensors: ReadonlyMap<string, Tensor>,
  shapes: ReadonlyMap<string, readonly number[]>,
): Map<string, Tensor> {
  return new Map([...shapes].map(([name, shape]) => [name, requireTensor(tensors, name, shape)]));
}

function requireTensor<Tensor extends Shaped>(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  shape: readonly number[],
): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new UnsupportedModelError(`the checkpoint has no weight ${name}; is it a whole one?`);
  if (tensor.shape.join() === shape.join()) return tensor;
  throw new UnsupportedModelError(`weight ${name} has shape [${tensor.shape}] where config.json asks for [${shape}]`);
}
