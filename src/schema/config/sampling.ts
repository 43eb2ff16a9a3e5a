import { z } from 'zod';

/** How completions are drawn, at a temperature that is the section's own where it does not say. */
export const samplingSection = (defaultTemperature: number) =>
  z.strictObject({
    temperature: z.number().nonnegative().default(defaultTemperature).describe('0 is greedy'),
    topP: z.number().positive().max(1).default(1),
    topK: z.int().nonnegative().default(0).describe('0 keeps the whole vocabulary'),
    maxNewTokens: z.int().positive().default(1024),
  });
export const SamplingConfig = samplingSection(1);
export type SamplingConfig = z.infer<typeof SamplingConfig>;
