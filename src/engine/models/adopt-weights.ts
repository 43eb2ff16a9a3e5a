import type { Executor } from '../runtime/executor.ts';
import { releaseWeight } from '../runtime/weight-variable.ts';
import type { VisionLanguageModel } from './vision-language-model.ts';

/** Takes a model's weights into an executor, so that its functions may run the model; again it changes nothing. */
export function adoptWeights(executor: Executor, { weights }: Pick<VisionLanguageModel, 'weights'>): void {
  for (const weight of weights.values()) executor.adopt(weight);
}

/**
 * As `adoptWeights`, and the executor is the one that holds them from then on: each weight's memory outside of it is freed as soon
 * as it is in. No other executor can adopt them after.
 */
export function handOverWeights(executor: Executor, { weights }: Pick<VisionLanguageModel, 'weights'>): void {
  for (const weight of weights.values()) {
    executor.adopt(weight);
    releaseWeight(weight);
  }
}
