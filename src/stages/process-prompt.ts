import type { RawImage } from '../base/raw-image.ts';
import type { ProcessedPrompt, Processor } from '../engine/processing/processor.ts';
import { questionContent } from '../engine/processing/question-content.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Prompt } from '../schema/prompt.ts';
import { questionText } from '../schema/question-text.ts';
import type { StageScope } from './stage-deps.ts';

/**
 * A prompt as the policy takes it: the run's system message, the question, its options, its images read from the store.
 */
export async function processStoredPrompt(
  { store, config }: StageScope,
  processor: Processor,
  prompt: Prompt,
): Promise<ProcessedPrompt> {
  const images = await Promise.all(prompt.images.map((image) => store.read(image.key)));
  return processPrompt(processor, prompt, images, config);
}

/**
 * A prompt as `processStoredPrompt` gives it, for one whose images are at hand, as the bytes of their files or as
 * pixels.
 */
export function processPrompt(
  processor: Processor,
  prompt: Prompt,
  images: readonly (Uint8Array | RawImage)[],
  config: RunConfig,
): Promise<ProcessedPrompt> {
  const content = questionContent(questionText(prompt), images);
  return processor.processPrompt({ system: config.policy.systemPrompt, content });
}
