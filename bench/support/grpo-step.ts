import { createRandom } from '../../src/base/random.ts';
import type { GenerationRequest } from '../../src/engine/generation/request-queue.ts';
import type { Completion } from '../../src/engine/generation/sequence.ts';
import type { Policy } from '../../src/engine/policy.ts';
import { createExecutor } from '../../src/engine/runtime/create-executor.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { measureBatch } from '../../src/engine/training/batch.ts';
import { countCompletionTokens } from '../../src/engine/training/plan-micro-batches.ts';
import { planPadding } from '../../src/engine/training/plan-padding.ts';
import { createTrainer, type StepResult, selectTrainable } from '../../src/engine/training/train-step.ts';
import type { RlConfig } from '../../src/schema/config/rl.ts';
import { createGrpoPass, flattenTokens, type GrpoSequence } from '../../src/stages/train-rl/grpo-steps.ts';

/**
 * What a rollout teaches: each completion with an advantage drawn at random, since no time depends on it. Image tokens in a
 * completion, which random models sample, become the token before: `transformers` would look for their images.
 */
export function toGrpoSequences(
  { model }: Policy,
  requests: readonly GenerationRequest[],
  completions: readonly Completion[],
): GrpoSequence[] {
  const random = createRandom(1);
  const { imageTokenId } = model.config;
  return requests.map(({ prompt }, at) => ({
    prompt,
    completionIds: completions[at].tokenIds.map((id) => (id === imageTokenId ? id - 1 : id)),
    samplingLogprobs: completions[at].logprobs,
    advantage: 2 * random.next() - 0.5,
  }));
}

/** Takes the same optimizer step again and again, as the GRPO stage takes each of its own. */
export interface GrpoStepper {
  step(): StepResult;
  dispose(): void;
}

export function createGrpoStepper(
  { model }: Policy,
  microBatches: readonly GrpoSequence[][],
  config: RlConfig,
  totalSteps: number,
  precision: Precision,
): GrpoStepper {
  const tokenCount = countCompletionTokens(microBatches.flat());
  const trainer = createTrainer(
    model,
    selectTrainable(model, true),
    config.optimizer,
    totalSteps,
    createExecutor('traced', precision),
  );
  const pass = createGrpoPass(
    { model, trainer },
    config,
    planPadding(microBatches.map(measureBatch), model.weightCount),
  );
  function* runMicroBatches() {
    for (const micro of microBatches) yield pass.run(micro, flattenTokens(micro), tokenCount);
  }
  return {
    step: () => trainer.step(runMicroBatches()),
    dispose: trainer.dispose,
  };
}
