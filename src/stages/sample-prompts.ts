import type { GenerationRequest } from '../engine/generation/request-queue.ts';
import type { OnStep, Sampler } from '../engine/generation/sampler.ts';
import type { Completion } from '../engine/generation/sequence.ts';
import type { Processor } from '../engine/processing/processor.ts';
import { slotsOf } from '../schema/config/compute.ts';
import type { ConfigPart } from '../schema/config/config-part.ts';
import type { SamplingConfig } from '../schema/config/sampling.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Store } from '../store/store.ts';
import { type PromptSettings, processStoredPrompt } from './process-prompt.ts';

/** What is sampled of each prompt, and how. */
export interface PromptSampling {
  completionsPerPrompt: number;
  sampling: SamplingConfig;
  seedOf(prompt: Prompt, index: number): number;
}

/** A completion of a prompt. */
export interface PromptCompletion extends Completion {
  prompt: Prompt;
  /** 0 .. completionsPerPrompt - 1 */
  index: number;
  /** Decoded tokens without special tokens. */
  text: string;
}

/** Prompts whose completions are decoded together. */
export function promptsTogether(
  { compute }: ConfigPart<'compute.decodeBatchSequences'>,
  completionsPerPrompt: number,
): number {
  return Math.max(1, Math.floor(slotsOf(compute) / completionsPerPrompt));
}

/**
 * Completions of each prompt, prompt after prompt; siblings share one processed prompt.
 *
 * @param rounds of prompts: each is read when slots come free, so that their images need not all be in memory
 */
export async function samplePrompts(
  scope: { store: Pick<Store, 'read'>; config: PromptSettings },
  processor: Processor,
  sampler: Sampler,
  rounds: Iterable<readonly Prompt[]>,
  { completionsPerPrompt, sampling, seedOf }: PromptSampling,
  onStep?: OnStep,
): Promise<PromptCompletion[]> {
  const asked: { prompt: Prompt; index: number }[] = [];
  async function* request(): AsyncGenerator<GenerationRequest> {
    for (const prompts of rounds) {
      const processed = await Promise.all(prompts.map((prompt) => processStoredPrompt(scope, processor, prompt)));
      for (const [at, prompt] of prompts.entries()) {
        for (let index = 0; index < completionsPerPrompt; index++) {
          asked.push({ prompt, index });
          yield { prompt: processed[at], seed: seedOf(prompt, index) };
        }
      }
    }
  }
  const settings = { ...sampling, stopTokenIds: processor.stopTokenIds };
  const completions = await sampler.generate(request(), settings, onStep);
  return completions.map((completion, at) => ({
    ...completion,
    ...asked[at],
    text: processor.decode(completion.tokenIds, { skipSpecialTokens: true }),
  }));
}
