import type { Executor } from '../runtime/executor.ts';
import type { VisionLanguageModel } from './vision-language-model.ts';

/** Takes a model's weights into an executor, so that its functions may run the model; again it changes nothing. */
export function adoptWeights(executor: Executor, { weights }: Pick<VisionLanguageModel, 'weights'>): void {
  for (const weight of weights.values()) executor.adopt(weight);
}
