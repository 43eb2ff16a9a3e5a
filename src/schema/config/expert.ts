import { z } from 'zod';
import { ChoiceOptions } from './choice.ts';

/** Who answers where the policy cannot. Fields without a value are left out of what a run's id is a hash of. */
export const ExpertConfig = z
  .strictObject({
    name: z.string().default('worked-solution').describe('who answers where the capability is absent (src/experts)'),
    module: z
      .string()
      .optional()
      .describe("file of the user's own expert (a path; on the store, a key); built in when absent"),
    timeoutSeconds: z
      .number()
      .positive()
      .optional()
      .describe("that an answer of the user's own expert may take once it has begun; 120 when absent"),
    options: ChoiceOptions.describe("the expert's own knobs"),
    maxConsultations: z
      .int()
      .nonnegative()
      .optional()
      .describe('bound on prompts that the expert is asked about; no bound when absent'),
    answersPerPrompt: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'answers asked for, of which the best teaches: verified, of the highest reward, the shortest; 1 when absent',
      ),
    maxAttempts: z
      .int()
      .min(1)
      .max(16)
      .optional()
      .describe('tries of one answer, each but the first told what was wrong with the one before; 2 when absent'),
    minRewards: z
      .record(z.string(), z.number())
      .optional()
      .describe(
        'by name, the least that a reward of the run must give an answer before it may teach; no bound when absent',
      ),
    toleratedShare: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'of prompts asked about, those that may stay without an answer that teaches; beyond it the run ends. When absent ' +
          'all for worked-solution and none, half for experts that are asked',
      ),
  })
  .prefault({});
export type ExpertConfig = z.infer<typeof ExpertConfig>;
