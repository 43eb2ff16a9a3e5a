import { randomUUID } from 'node:crypto';
import type { ContinuousSampler } from '../engine/generation/continuous-sampler.ts';
import type { Completion } from '../engine/generation/sequence.ts';
import type { ProcessedPrompt, Processor } from '../engine/processing/processor.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { type AnswerPiece, createAnswerReader } from './answer-reader.ts';
import { ApiError, badArgument } from './api-error.ts';
import type { ChatRequest } from './chat-request.ts';
import type { CompletionHead, Usage } from './completion-body.ts';
import { type AnswerLimits, type AnswerPlan, planAnswers } from './plan-answers.ts';
import { readTurns } from './read-turns.ts';

/** A model that answers. */
export interface ServedModel {
  /** By which requests name it. */
  name: string;
  /** When it came here, in seconds since 1970. */
  created: number;
  processor: Processor;
  sampler: ContinuousSampler;
  limits: AnswerLimits;
}

/** A request that was understood: its prompt is ready, nothing is sampled yet. */
export interface PreparedChat {
  request: ChatRequest;
  head: CompletionHead;
  processor: Processor;
  answerCount: number;
  /** Samples all answers. `onPiece` is told what is new of one; its last piece comes with the reason of its end. */
  sample(signal: AbortSignal, onPiece: OnPiece): Promise<Usage>;
}

export type OnPiece = (answer: number, piece: AnswerPiece, finishReason?: Completion['finishReason']) => void;

/** @throws ApiError what the request asks for cannot be done */
export async function prepareChat(model: ServedModel, request: ChatRequest): Promise<PreparedChat> {
  const { name, processor, limits } = model;
  requireModel(request, name);
  const prompt = await readPrompt(processor, request);
  const plan = planAnswers(request, prompt.tokenIds.length, processor, limits);
  return {
    request,
    head: { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: name },
    processor,
    answerCount: plan.seeds.length,
    async sample(signal, onPiece) {
      const answers = plan.seeds.map((_, answer) => sampleAnswer(model, prompt, plan, answer, signal, onPiece));
      const lengths = await Promise.all(answers);
      return countUsage(
        prompt.tokenIds.length,
        lengths.reduce((sum, length) => sum + length, 0),
      );
    },
  };
}

function requireModel(request: ChatRequest, name: string): void {
  if (request.model === name) return;
  const message = `the model ${JSON.stringify(request.model)} is not served here; give ${JSON.stringify(name)}`;
  throw new ApiError(message, { status: 404, param: 'model', code: 'model_not_found' });
}

async function readPrompt(processor: Processor, { messages }: ChatRequest): Promise<ProcessedPrompt> {
  const turns = await readTurns(messages);
  return processor.processConversation(turns).catch((error) => {
    throw error instanceof InvalidInputError ? badArgument('messages', error.message) : error;
  });
}

/** Tokens of the answer. */
async function sampleAnswer(
  { processor, sampler }: ServedModel,
  prompt: ProcessedPrompt,
  { seeds, settings, stops }: AnswerPlan,
  answer: number,
  signal: AbortSignal,
  onPiece: OnPiece,
): Promise<number> {
  const reader = createAnswerReader(processor, stops);
  const onToken = (completion: Readonly<Completion>) => {
    const { piece, state } = reader.read(completion);
    if (piece.text !== '') onPiece(answer, piece);
    return state === 'stopped' ? 'enough' : 'more';
  };
  const completion = await sampler.sample({ prompt, seed: seeds[answer], settings }, { signal, onToken });
  onPiece(answer, reader.end(completion), completion.finishReason);
  return completion.tokenIds.length;
}

function countUsage(prompt_tokens: number, completion_tokens: number): Usage {
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
