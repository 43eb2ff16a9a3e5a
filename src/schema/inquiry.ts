import { z } from 'zod';

/** CogMath's stages of human reasoning. */
export type InquiryStage = 'comprehension' | 'solving' | 'summarisation';

/** CogMath's nine dimensions (Liu et al. 2025, arXiv 2506.04481, section 3), each under its number. */
export const DIMENSIONS = [
  { dimension: 1, name: 'sentence paraphrasing', stage: 'comprehension' },
  { dimension: 2, name: 'sentence disruption', stage: 'comprehension' },
  { dimension: 3, name: 'missing condition', stage: 'comprehension' },
  { dimension: 4, name: 'redundant condition', stage: 'comprehension' },
  { dimension: 5, name: 'analogical reasoning', stage: 'solving' },
  { dimension: 6, name: 'numerical transformation', stage: 'solving' },
  { dimension: 7, name: 'knowledge redefinition', stage: 'solving' },
  { dimension: 8, name: 'intermediate step', stage: 'summarisation' },
  { dimension: 9, name: 'backward reasoning', stage: 'summarisation' },
] as const satisfies readonly { dimension: number; name: string; stage: InquiryStage }[];

/** Number of a dimension, 1 to 9. */
export type Dimension = (typeof DIMENSIONS)[number]['dimension'];

/** The answer of a problem that has none, as `Prompt.groundTruth`. */
export const UNSOLVABLE = 'cannot be solved';

/**
 * What a prompt is to a problem of CogMath: `details.cogmath` of the prompt. The problem itself has dimension 0.
 * @example { problem: 'sum-0a1b2c3d4e5f', dimension: 3, expects: 'refusal', originalAnswer: '12' }
 */
export const Inquiry = z.object({
  problem: z.string().min(1).describe('prompt id of the problem'),
  dimension: z.int().min(0).max(9).describe('0 is the problem itself'),
  expects: z
    .enum(['answer', 'refusal', 'explanation'])
    .describe('the right answer; that it cannot be solved; a reason, which a language model judges'),
  originalAnswer: z.string().min(1).optional().describe('right answer of the problem, where it is known'),
});
export type Inquiry = z.infer<typeof Inquiry>;
