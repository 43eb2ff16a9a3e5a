import { z } from 'zod';
import { ExpertUsage, RefusalReason } from './expert-answer.ts';
import { Prompt } from './prompt.ts';

const place = {
  answer: z.int().nonnegative().describe('which of several answers, from 0'),
  attempt: z.int().positive(),
  usage: ExpertUsage.optional(),
};

/**
 * One thing that came of asking an expert: a response that was refused, or none.
 * @example {
 *   kind: 'refused', answer: 0, attempt: 1, response: '<think>6 + 6 = 12.</think> <answer>\\boxed{12}</answer>',
 *   reason: 'wrong', evidence: 'incorrect: boxed "12" differs from "36", as quantities',
 *   usage: { model: 'amazon.nova-pro-v1:0', inputTokens: 812, outputTokens: 344, waitSeconds: 6.3 },
 * }
 */
export const Said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refused'), ...place, response: z.string(), reason: RefusalReason, evidence: z.string() }),
  z.object({ kind: z.literal('failed'), ...place, failure: z.string().describe('why there is no response') }),
]);
export type Said = z.infer<typeof Said>;

/**
 * A prompt that an expert was asked about and that has no answer which may teach, with everything said. One line of
 * `runs/<runId>/expert/<shard>/dead-letters.jsonl`.
 * @example {
 *   prompt: {
 *     promptId: 'product-4b4f8eef98ed', question: 'What is the product of the purple bar and the yellow bar?', images: [],
 *     groundTruth: '36',
 *   },
 *   provider: 'endpoint', reason: 'unanswered',
 *   said: [
 *     {
 *       kind: 'failed', answer: 0, attempt: 1, failure: 'the model declined (content_filter)',
 *       usage: { model: 'o', inputTokens: 812, outputTokens: 0, waitSeconds: 0.8 },
 *     },
 *   ],
 * }
 */
export const DeadLetter = z.object({
  prompt: Prompt,
  provider: z.string().describe('the expert that was asked'),
  reason: RefusalReason.or(z.literal('unanswered')).describe('of the last response, or that there was none'),
  said: z.array(Said).describe('in order; empty where the expert had nothing to say'),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
