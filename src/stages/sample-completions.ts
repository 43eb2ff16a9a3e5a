import { z } from 'zod';
import { splitBySize } from '../base/split-list.ts';
import type { Engine } from '../engine/open-engine.ts';
import { InterruptedError } from '../schema/errors.ts';
import { JOB_ATTEMPTS } from '../schema/job-attempts.ts';
import { partKey, partsPrefix } from '../schema/keys.ts';
import type { Prompt } from '../schema/prompt.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { JobDeps } from './job-deps.ts';
import { type PromptCompletion, type PromptSampling, promptsTogether, samplePrompts } from './sample-prompts.ts';
import type { SamplerConfig, StageScope } from './stage-deps.ts';

/** What to sample, and how. */
export interface SamplingPlan extends PromptSampling {
  /** The stage, as progress names it. */
  stage: string;
  prompts: readonly Prompt[];
  /** Folder of the records: finished batches are kept in its `parts/` while the job is not done. */
  prefix: string;
}

export interface SampledCompletions {
  /** All of the plan's, in its order. */
  completions: PromptCompletion[];
  /** Of those that this attempt sampled. */
  sampledTokens: number;
  /** When this attempt had sampled its first token, in milliseconds since 1970; absent where nothing was left to sample. */
  firstTokenAt?: number;
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

/** A batch is this many times what is decoded together: its end, where slots run empty, comes seldom. */
const ROUNDS_PER_BATCH = 4;

/**
 * Samples completions in batches of whole prompts, prompt after prompt, reporting progress after each batch. What an attempt
 * before this one has kept is not sampled again. Each batch begins with an empty cache, so that it comes out the same
 * whichever attempt samples it.
 * Throws `InterruptedError` soon after the worker is asked to stop.
 */
export async function sampleCompletions(
  deps: JobDeps,
  scope: StageScope<SamplerConfig>,
  engine: Engine,
  plan: SamplingPlan,
): Promise<SampledCompletions> {
  const { store, config } = scope;
  const { stage, prefix, prompts, completionsPerPrompt } = plan;
  const total = prompts.length * completionsPerPrompt;
  const promptsPerRound = promptsTogether(config, completionsPerPrompt);
  const batches = splitBySize(splitBySize(prompts, promptsPerRound), ROUNDS_PER_BATCH);
  const completions = await readKept(store, prefix, batches);
  const keptBatches = Math.ceil(completions.length / (ROUNDS_PER_BATCH * promptsPerRound * completionsPerPrompt));
  const sampler = engine.createSampler(Math.min(promptsPerRound * completionsPerPrompt, total));
  const started = Date.now();
  let tokens = 0;
  let firstTokenAt: number | undefined;
  const onStep = () => {
    firstTokenAt ??= Date.now();
  };
  for (let batch = keptBatches; batch < batches.length; batch++) {
    const rounds = untilStopped(deps, plan, batches[batch]);
    const sampled = await samplePrompts(scope, engine.processor, sampler, rounds, plan, onStep);
    completions.push(...sampled);
    for (const { tokenIds } of sampled) tokens += tokenIds.length;
    const tokensPerSecond = tokens / ((Date.now() - started) / 1000);
    deps.report({ stage, done: completions.length, total, unit: 'completions', metrics: { tokensPerSecond } });
    // The last one is followed by the job's own records.
    if (batch < batches.length - 1) await keep(store, prefix, batch, sampled);
  }
  return { completions, sampledTokens: tokens, firstTokenAt };
}

/** The completions of the first batches, as many as were kept without a gap. */
async function readKept(store: Store, prefix: string, batches: readonly Prompt[][][]): Promise<PromptCompletion[]> {
  const keys = new Set(await store.list(partsPrefix(prefix)));
  const completions: PromptCompletion[] = [];
  for (let batch = 0; keys.has(partKey(prefix, batch)); batch++) {
    const prompts = new Map(batches[batch].flat().map((prompt) => [prompt.promptId, prompt]));
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

/** Ends the sampling where the worker is asked to stop. */
function* untilStopped<Round>(deps: JobDeps, plan: SamplingPlan, rounds: readonly Round[]): Generator<Round> {
  for (const round of rounds) {
    if (deps.signal.aborted) throw stopped(deps, plan);
    yield round;
  }
}

function stopped({ attempt }: JobDeps, { stage }: SamplingPlan): InterruptedError {
  return new InterruptedError(
    `${stage} stopped in attempt ${attempt} of ${JOB_ATTEMPTS}; run it again to go on from the last batch`,
  );
}
