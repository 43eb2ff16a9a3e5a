import { z } from 'zod';

/**
 * An image of a prompt, stored by content: `images/<sha256>.<ext>`.
 * @example {
 *   key: 'images/950855637c70f7d2475ad103e50bfabf4568b626df1d643f65e0366173d83e08.png',
 *   sha256: '950855637c70f7d2475ad103e50bfabf4568b626df1d643f65e0366173d83e08', width: 112, height: 112,
 * }
 */
export const ImageRef = z.object({
  key: z.string().describe('store key, `images/<sha256>.<ext>`'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  width: z.int().positive().describe('pixels'),
  height: z.int().positive().describe('pixels'),
});
export type ImageRef = z.infer<typeof ImageRef>;

/**
 * A question with its images and its answer: what the policy is asked, and what the rewards may see.
 * @example {
 *   promptId: 'count-e44642a006e1', question: 'How many green squares are there?',
 *   images: [
 *     {
 *       key: 'images/950855637c70f7d2475ad103e50bfabf4568b626df1d643f65e0366173d83e08.png',
 *       sha256: '950855637c70f7d2475ad103e50bfabf4568b626df1d643f65e0366173d83e08', width: 112, height: 112,
 *     },
 *   ],
 *   groundTruth: '4', annotations: ['4 green squares'],
 *   solution: '<think>4 green squares.</think> <answer>\\boxed{4}</answer>', tier: 'count',
 * }
 */
export const Prompt = z.object({
  promptId: z.string().min(1),
  question: z
    .string()
    .min(1)
    .describe(
      'text; `<image>` marks where the next image stands, `<image1>` where the first; unmarked ones come first',
    ),
  images: z.array(ImageRef).describe('in order; empty for text-only prompts'),
  options: z.array(z.string()).optional().describe('choices of a multiple-choice question, A first'),
  groundTruth: z.string().min(1).describe('the right answer'),
  annotations: z
    .array(z.string())
    .optional()
    .describe('atomic visual facts a correct reading mentions (perception reward)'),
  solution: z
    .string()
    .optional()
    .describe('a worked solution, at best as a full `<think>..</think> <answer>..</answer>` response'),
  tier: z.string().optional().describe('difficulty tier or subject; reports break accuracy down by it'),
  details: z
    .record(z.string(), z.json())
    .optional()
    .describe(
      "what a benchmark's file says of it besides, which its rules go by: a level, a type of answer, a variant",
    ),
});
export type Prompt = z.infer<typeof Prompt>;
