import { type Completion, generate } from '../engine/generation/generate.ts';
import type { Policy } from '../engine/policy.ts';
import { InterruptedError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { RunConfig, SamplingConfig } from '../schema/run-config.ts';
import type { JobDeps } from './stage-deps.ts';
import { processStoredPrompt } from './stored-policy.ts';

/** What to sample, and how. */
export interface SamplingPlan {
  /** The stage, as progress names it. */
  stage: string;
  prompts: readonly Prompt[];
  completionsPerPrompt: number;
  sampling: SamplingConfig;
  seedOf: (prompt: Prompt, index: number) => number;
}

/** A completion of one of the plan's prompts. */
export interface PromptCompletion extends Completion {
  prompt: Prompt;
  /** 0 .. completionsPerPrompt - 1 */
  index: number;
  /** Decoded tokens without special tokens. */
  text: string;
}

/**
 * Samples completions in batches of whole prompts, prompt after prompt, reporting progress after each batch.
 * Throws `InterruptedError` between batches when the worker is asked to stop.
 */
export async function sampleCompletions(
  deps: JobDeps,
  policy: Policy,
  config: RunConfig,
  plan: SamplingPlan,
): Promise<PromptCompletion[]> {
  const { stage, prompts, completionsPerPrompt } = plan;
  const total = prompts.length * completionsPerPrompt;
  const promptsPerBatch = Math.max(1, Math.floor(config.compute.decodeBatchSequences / completionsPerPrompt));
  const completions: PromptCompletion[] = [];
  const started = Date.now();
  let tokens = 0;
  for (let first = 0; first < prompts.length; first += promptsPerBatch) {
    if (deps.signal.aborted)
      throw new InterruptedError(
        `${stage} stopped at ${completions.length} of ${total} completions; rerun to start it again`,
      );
    for (const completion of await sampleBatch(
      deps,
      policy,
      config,
      plan,
      prompts.slice(first, first + promptsPerBatch),
    )) {
      completions.push(completion);
      tokens += completion.tokenIds.length;
    }
    const tokensPerSecond = tokens / ((Date.now() - started) / 1000);
    deps.report({ stage, done: completions.length, total, unit: 'completions', metrics: { tokensPerSecond } });
  }
  return completions;
}

async function sampleBatch(
  deps: JobDeps,
  policy: Policy,
  config: RunConfig,
  plan: SamplingPlan,
  prompts: readonly Prompt[],
): Promise<PromptCompletion[]> {
  const { model, processor } = policy;
  const processed = await Promise.all(
    prompts.map((prompt) => processStoredPrompt(deps.store, processor, prompt, config)),
  );
  const requests = prompts.flatMap((prompt, at) =>
    Array.from({ length: plan.completionsPerPrompt }, (_, index) => ({
      prompt: processed[at],
      seed: plan.seedOf(prompt, index),
    })),
  );
  const settings = { ...plan.sampling, stopTokenIds: processor.stopTokenIds };
  return generate(model, requests, settings).map((completion, at) => ({
    ...completion,
    prompt: prompts[Math.floor(at / plan.completionsPerPrompt)],
    index: at % plan.completionsPerPrompt,
    text: processor.decode(completion.tokenIds, { skipSpecialTokens: true }),
  }));
}
