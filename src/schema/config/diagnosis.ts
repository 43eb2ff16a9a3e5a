import { z } from 'zod';

/** What the RL policy is asked to find out what it lacks. */
export const DiagnosisConfig = z
  .strictObject({
    prompts: z.int().positive().optional().describe('how many training prompts to diagnose; all when absent'),
    trajectoriesPerPrompt: z.int().positive().default(8).describe('K'),
    maxKeptPerPrompt: z.int().positive().default(4).describe('self-distilled trajectories kept per prompt'),
  })
  .prefault({});
export type DiagnosisConfig = z.infer<typeof DiagnosisConfig>;
