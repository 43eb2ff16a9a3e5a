import { z } from 'zod';
import { PromptSource } from './prompt-source.ts';

/** Where prompts come from. */
export const DataConfig = z.strictObject({
  train: PromptSource,
  evaluation: PromptSource.describe('held out; overlap with train by content is an error'),
});
export type DataConfig = z.infer<typeof DataConfig>;
