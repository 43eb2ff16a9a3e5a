import { fenceQuestion } from '../endpoints/fence.ts';
import { type ImageFile, questionPieces } from '../endpoints/question-pieces.ts';
import type { Message, MessagePiece, TextRequest } from '../endpoints/text-request.ts';
import type { Prompt } from '../schema/prompt.ts';
import { questionText } from '../schema/question-text.ts';
import type { Refused } from './expert.ts';

/** The version of what an expert is shown, which changes with it: answers to another prompt are other answers. */
export const EXPERT_PROMPT_VERSION = '1';

const RULES = [
  'You solve the problem that you are shown, so that a student can learn from your solution.',
  'Think step by step and write your reasoning between <think> and </think>: what you see in the images, what you conclude',
  'from it, every calculation. Then write the final answer, and nothing else, as \\boxed{...} between <answer> and',
  '</answer>. Write nothing before, between or behind these two. Of a multiple choice the answer is the letter.',
];

/** What an expert may know of a prompt: not the answer, nor what gives it away. */
export type AskedPrompt = Pick<Prompt, 'question' | 'options'>;

/** Asks for a worked solution; of a prompt that was asked before, the whole conversation. */
export function buildExpertRequest(
  prompt: AskedPrompt,
  images: readonly ImageFile[],
  refused: readonly Refused[],
  sampling: Pick<TextRequest, 'temperature' | 'maxOutputTokens'>,
): TextRequest {
  const { open, close, shown, rule } = fenceQuestion(questionText(prompt));
  const asked: Message = {
    role: 'user',
    pieces: [
      words(`${open}\n`),
      ...questionPieces(shown, images),
      words(`\n${close}\n\nThe question has ended. Solve it.`),
    ],
  };
  const since = refused.flatMap(({ response, feedback }): Message[] => [
    { role: 'assistant', pieces: [words(response)] },
    { role: 'user', pieces: [words(feedback)] },
  ]);
  return { system: [...RULES, rule].join('\n'), messages: [asked, ...since], ...sampling };
}

const words = (text: string): MessagePiece => ({ kind: 'text', text });
