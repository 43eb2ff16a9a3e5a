import { z } from 'zod';
import { type Completion, generate } from '../engine/generation/generate.ts';
import type { Policy } from '../engine/policy.ts';
import { InterruptedError } from '../schema/errors.ts';
import { JOB_ATTEMPTS } from '../schema/job-attempts.ts';
import { partKey, partsPrefix } from '../schema/keys.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { RunConfig, SamplingConfig } from '../schema/run-config.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { splitBySize } from './split-by-size.ts';
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
  /** Folder of the job: finished batches are kept in it until the job deletes them. */
  prefix: string;
}

/** A completion of one of the plan's prompts. */
export interface PromptCompletion extends Completion {
  prompt: Prompt;
  /** 0 .. completionsPerPrompt - 1 */
  index: number;
  /** Decoded tokens without special tokens. */
  text: string;
}

export interface SampledCompletions {
  /** All of the plan's, in its order. */
  completions: PromptCompletion[];
  /** Of those that this attempt sampled. */
  sampledTokens: number;
}

/** A completion of a finished batch, as a job that is not done keeps it. */
const KeptCompletion = z.object({
  promptId: z.string(),
  index: z.int().nonnegative(),
  tokenIds: z.array(z.int().nonnegative()),
  logprobs: z.array(z.number()),
  finishReason: z.enum(['stop', 'length']),
  text: z.string(),
});

/**
 * Samples completions in batches of whole prompts, prompt after prompt, reporting progress after each batch. What an
 * attempt before this one has kept is not sampled again.
 * Throws `InterruptedError` between batches when the worker is asked to stop.
 */
export async function sampleCompletions(
  deps: JobDeps,
  policy: Policy,
  config: RunConfig,
  plan: SamplingPlan,
): Promise<SampledCompletions> {
  const { stage, completionsPerPrompt } = plan;
  const total = plan.prompts.length * completionsPerPrompt;
  const promptsPerBatch = Math.max(1, Math.floor(config.compute.decodeBatchSequences / completionsPerPrompt));
  const batches = splitBySize(plan.prompts, promptsPerBatch);
  const completions = await readKept(deps.store, plan.prefix, batches);
  const keptBatches = Math.ceil(completions.length / (promptsPerBatch * completionsPerPrompt));
  const started = Date.now();
  let tokens = 0;
  for (let batch = keptBatches; batch < batches.length; batch++) {
    if (deps.signal.aborted) {
      const place = `${completions.length} of ${total} completions, in attempt ${deps.attempt} of ${JOB_ATTEMPTS}`;
      throw new InterruptedError(`${stage} stopped at ${place}; run it again to go on from there`);
    }
    const sampled = await sampleBatch(deps, policy, config, plan, batches[batch]);
    completions.push(...sampled);
    for (const { tokenIds } of sampled) tokens += tokenIds.length;
    const tokensPerSecond = tokens / ((Date.now() - started) / 1000);
    deps.report({ stage, done: completions.length, total, unit: 'completions', metrics: { tokensPerSecond } });
    // The last one is followed by the job's own records.
    if (batch < batches.length - 1) await keep(deps.store, plan.prefix, batch, sampled);
  }
  return { completions, sampledTokens: tokens };
}

/** The completions of the first batches, as many as were kept without a gap. */
async function readKept(store: Store, prefix: string, batches: readonly Prompt[][]): Promise<PromptCompletion[]> {
  const keys = new Set(await store.list(partsPrefix(prefix)));
  const completions: PromptCompletion[] = [];
  for (let batch = 0; keys.has(partKey(prefix, batch)); batch++) {
    const prompts = new Map(batches[batch].map((prompt) => [prompt.promptId, prompt]));
    for (const { promptId, ...completion } of await readRecords(store, partKey(prefix, batch), KeptCompletion)) {
      completions.push({ ...completion, prompt: prompts.get(promptId)! });
    }
  }
  return completions;
}

function keep(store: Store, prefix: string, batch: number, completions: readonly PromptCompletion[]): Promise<void> {
  const records = completions.map(({ prompt: { promptId }, ...completion }) => ({ promptId, ...completion }));
  return store.write(partKey(prefix, batch), encodeRecords(records));
}

/** Deletes what `sampleCompletions` has kept below a job's folder: the job's own records hold it now. */
export async function deleteKept(store: Store, prefix: string): Promise<void> {
  for (const key of await store.list(partsPrefix(prefix))) await store.delete(key);
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
