import { createLearner } from '../../src/algorithms/index.ts';
import { createRandom } from '../../src/base/random.ts';
import type { GenerationRequest } from '../../src/engine/generation/request-queue.ts';
import type { Completion } from '../../src/engine/generation/sequence.ts';
import type { Policy } from '../../src/engine/policy.ts';
import { createExecutor } from '../../src/engine/runtime/create-executor.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { createTrainer, type StepResult, selectTrainable } from '../../src/engine/training/trainer.ts';
import type { RunConfig } from '../../src/schema/config/run-config.ts';
import type { RlSequence } from '../../src/stages/train-rl/prepare-sequences.ts';

/**
 * What a rollout teaches: each completion with an advantage drawn at random, since no time depends on it. Image tokens in a
 * completion, which random models sample, become the token before: `transformers` would look for their images.
 */
export function toRlSequences(
  { model }: Policy,
  requests: readonly GenerationRequest[],
  completions: readonly Completion[],
): RlSequence[] {
  const random = createRandom(1);
  const { imageTokenId } = model.config;
  return requests.map(({ prompt }, at) => {
    const { tokenIds, logprobs } = completions[at];
    const advantage = 2 * random.next() - 0.5;
    return {
      prompt,
      completionIds: tokenIds.map((id) => (id === imageTokenId ? id - 1 : id)),
      values: { sampling: logprobs, advantages: tokenIds.map(() => advantage) },
    };
  });
}

/** Takes the same optimizer step again and again, as the RL stage takes each of its own. */
export interface RlStepper {
  step(): StepResult<object>;
  dispose(): void;
}

export function createRlStepper(
  { model }: Policy,
  sequences: readonly RlSequence[],
  config: RunConfig,
  totalSteps: number,
  precision: Precision,
): RlStepper {
  const executor = createExecutor('traced', precision);
  const trainer = createTrainer(model, executor, {
    objective: createLearner(config),
    trainable: selectTrainable(model, true),
    optimizer: config.rl.optimizer,
    totalSteps,
    microBatchSequences: config.rl.microBatchSequences,
    batches: [sequences],
  });
  return {
    step: () => trainer.step(sequences),
    dispose: executor.dispose,
  };
}
