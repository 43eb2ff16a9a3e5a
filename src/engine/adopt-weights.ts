import type { Qwen25VL } from './models/qwen2_5_vl/model.ts';
import type { Executor } from './runtime/executor.ts';

/** Takes a model's weights into an executor, so that its functions may run the model; again it changes nothing. */
export function adoptWeights(executor: Executor, { weights }: Pick<Qwen25VL, 'weights'>): void {
  for (const weight of weights.values()) executor.adopt(weight);
}
