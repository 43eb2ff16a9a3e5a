import { createSampler, type OnStep } from './generation/sampler.ts';
import type { Completion, GenerationSettings } from './generation/sequence.ts';
import { loadPolicy } from './policy.ts';
import type { ContentPart } from './processing/processor.ts';
import { createTracedExecutor } from './runtime/traced-executor.ts';
import { folderModelFiles } from './weights/model-files.ts';

/** What is asked, and how the answer is sampled. */
export interface AnswerRequest extends Omit<GenerationSettings, 'stopTokenIds' | 'repetitionPenalty'> {
  system?: string;
  content: ContentPart[];
  seed: number;
  /** What the checkpoint says when absent. */
  repetitionPenalty?: number;
}

export interface Answer extends Pick<Completion, 'tokenIds' | 'finishReason'> {
  /** Without special tokens. */
  text: string;
  promptTokenIds: number[];
}

/** Answers one prompt with the model of a checkpoint folder; `onText` gets the whole text so far after each token. */
export async function answerPrompt(
  folder: string,
  { system, content, seed, ...sampling }: AnswerRequest,
  onText?: (text: string) => void,
): Promise<Answer> {
  const { model, processor } = await loadPolicy(folderModelFiles(folder));
  const { stopTokenIds } = processor;
  const prompt = await processor.processPrompt({ system, content });
  const textOf = (tokenIds: readonly number[]) => processor.decode(tokenIds, { skipSpecialTokens: true });
  const repetitionPenalty = sampling.repetitionPenalty ?? processor.repetitionPenalty;
  const settings: GenerationSettings = { ...sampling, repetitionPenalty, stopTokenIds };
  const sampler = createSampler(model, createTracedExecutor(), 1);
  const onStep: OnStep = (_, [growing]) => onText?.(textOf(growing.tokenIds));
  const [{ tokenIds, finishReason }] = await sampler.generate([{ prompt, seed }], settings, onText && onStep);
  return { text: textOf(tokenIds), tokenIds, promptTokenIds: prompt.tokenIds, finishReason };
}
