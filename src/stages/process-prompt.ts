import type { RawImage } from '../base/raw-image.ts';
import type { ProcessedPrompt, Processor } from '../engine/processing/processor.ts';
import { questionContent } from '../engine/processing/question-content.ts';
import type { Prompt } from '../schema/prompt.ts';
import { questionText } from '../schema/question-text.ts';
import type { Store } from '../store/store.ts';

/** What a policy is told beside the question. */
export interface PromptSettings {
  policy: { systemPrompt?: string };
}

/**
 * A prompt as the policy takes it: the run's system message, the question, its options, its images read from the store.
 */
export async function processStoredPrompt(
  { store, config }: { store: Pick<Store, 'read'>; config: PromptSettings },
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
  config: PromptSettings,
): Promise<ProcessedPrompt> {
  const content = questionContent(questionText(prompt), images);
  return processor.processPrompt({ system: config.policy.systemPrompt, content });
}
