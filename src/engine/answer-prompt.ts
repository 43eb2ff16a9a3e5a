import type { OnStep } from './generation/sampler.ts';
import type { Completion, GenerationSettings } from './generation/sequence.ts';
import { openEngine, type Precision } from './open-engine.ts';
import type { ContentPart } from './processing/processor.ts';
import { folderModelFiles } from './weights/model-files.ts';

/** What is asked, and how the answer is sampled. */
export interface AnswerRequest extends Omit<GenerationSettings, 'stopTokenIds' | 'repetitionPenalty'> {
  system?: string;
  content: ContentPart[];
  seed: number;
  /** Folder of a LoRA adapter for the model. */
  adapter?: string;
  /** bf16 keeps weights as they are stored, in half of float32's memory. */
  precision: Precision;
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
  { system, content, seed, precision, adapter, ...sampling }: AnswerRequest,
  onText?: (text: string) => void,
): Promise<Answer> {
  const engine = await openEngine(folderModelFiles(folder), {
    engine: 'traced',
    precision,
    ...(adapter !== undefined && { adapter: { kind: 'stored', files: folderModelFiles(adapter) } }),
  });
  try {
    const { processor, createSampler } = engine;
    const { stopTokenIds } = processor;
    const prompt = await processor.processPrompt({ system, content });
    const textOf = (tokenIds: readonly number[]) => processor.decode(tokenIds, { skipSpecialTokens: true });
    const repetitionPenalty = sampling.repetitionPenalty ?? processor.repetitionPenalty;
    const settings: GenerationSettings = { ...sampling, repetitionPenalty, stopTokenIds };
    const onStep: OnStep = (_, [growing]) => onText?.(textOf(growing.tokenIds));
    const [{ tokenIds, finishReason }] = await createSampler(1).generate(
      [{ prompt, seed }],
      settings,
      onText && onStep,
    );
    return { text: textOf(tokenIds), tokenIds, promptTokenIds: prompt.tokenIds, finishReason };
  } finally {
    engine[Symbol.dispose]();
  }
}
