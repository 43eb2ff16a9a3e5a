import { z } from 'zod';

/** Who answers where the policy cannot. */
export const ExpertConfig = z
  .strictObject({
    provider: z
      .enum(['worked-solution', 'none'])
      .default('worked-solution')
      .describe('who answers where the capability is absent'),
    maxConsultations: z.int().nonnegative().optional().describe('bound on expert calls; no bound when absent'),
  })
  .prefault({});
export type ExpertConfig = z.infer<typeof ExpertConfig>;
