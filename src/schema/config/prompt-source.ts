import { z } from 'zod';

/** Rendered tasks of one source: they are drawn in one go, and held. */
export const MAX_TASKS = 20_000;

/** Where prompts come from: rendered tasks of this project, or a dataset folder (JSONL beside its images). */
export const PromptSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tasks'),
    family: z.string().default('charts').describe('which of the rendered tasks (src/tasks)'),
    split: z
      .enum(['train', 'evaluation'])
      .describe(
        'splits share no image with each other, nor with what the base model was trained on, whatever the seeds',
      ),
    tiers: z
      .record(z.string(), z.int().positive())
      .refine((tiers) => Object.values(tiers).reduce((sum, count) => sum + count, 0) <= MAX_TASKS, {
        error: `more than ${MAX_TASKS} prompts in all; ask for fewer, or write a dataset`,
      })
      .describe('distinct prompts to draw per tier of the family'),
    seed: z.int().nonnegative().describe('which prompts of the split are drawn'),
  }),
  z.strictObject({
    kind: z.literal('dataset'),
    path: z.string().describe('a JSONL file, or a folder with one; image paths are relative to it'),
    limit: z.int().positive().optional().describe('read only the first prompts'),
  }),
]);
export type PromptSource = z.infer<typeof PromptSource>;
