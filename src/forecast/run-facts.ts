import { describeTraining } from '../algorithms/index.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { PlannedModel } from '../sizing/planned-model.ts';
import { assumedPrompt } from '../sizing/prompt-size.ts';
import type { PromptSize } from '../sizing/work.ts';
import type { RunFacts } from '../sizing/works.ts';

/** What of a planned run its config alone does not say. */
export function factsOf(
  config: RunConfig,
  model: PlannedModel,
  prompt?: Partial<Pick<PromptSize, 'textTokens' | 'images'>>,
): RunFacts {
  const { storedBytes } = model;
  return { storedBytes, prompt: assumedPrompt(config, model, prompt), ...describeTraining(config) };
}
