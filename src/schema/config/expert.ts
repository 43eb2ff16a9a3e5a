import { z } from 'zod';
import { ChoiceOptions } from './choice.ts';

/** Who answers where the policy cannot. */
export const ExpertConfig = z
  .strictObject({
    name: z.string().default('worked-solution').describe('who answers where the capability is absent (src/experts)'),
    options: ChoiceOptions.describe("the expert's own knobs"),
    maxConsultations: z.int().nonnegative().optional().describe('bound on expert calls; no bound when absent'),
  })
  .prefault({});
export type ExpertConfig = z.infer<typeof ExpertConfig>;
