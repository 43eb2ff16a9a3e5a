import { z } from 'zod';
import { CONTAMINATIONS } from '../left-out.ts';
import { PromptSource } from './prompt-source.ts';

/** What happens with training prompts that are evaluation prompts too. */
export const DecontaminationConfig = z.preprocess(
  (choice) => (typeof choice === 'string' ? { action: choice } : choice),
  z.strictObject({
    action: z
      .enum(['refuse', 'drop', 'off'])
      .default('refuse')
      .describe('the run, the training prompts alone, or nothing; what is dropped is listed beside the prompts'),
    by: z
      .array(z.enum(CONTAMINATIONS))
      .min(1)
      .default(['content'])
      .describe(
        'when two prompts are the same: content (question, options and images), id, text (a run of words of the question ' +
          'in both), image (the bytes of a file)',
      ),
    ngramWords: z
      .int()
      .positive()
      .default(13)
      .describe('words of a run that make two texts the same; of shorter texts, all'),
  }),
);
export type DecontaminationConfig = z.infer<typeof DecontaminationConfig>;

/** Where prompts come from. */
export const DataConfig = z.strictObject({
  train: PromptSource,
  evaluation: PromptSource.describe('held out'),
  decontaminate: DecontaminationConfig.prefault({}).describe(
    'training prompts that are held out, or asked by a benchmark; the action alone, or with its rules',
  ),
});
export type DataConfig = z.infer<typeof DataConfig>;
