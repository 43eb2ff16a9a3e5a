import { z } from 'zod';
import { AdapterConfig } from './adapter.ts';

/** The model that learns, and what it is shown. */
export const PolicyConfig = z.strictObject({
  model: z.string().describe('a checkpoint folder in Hugging Face layout (a path; on the store, a folder key)'),
  freezeVisionTower: z.boolean().default(true),
  adapter: AdapterConfig.optional().describe('trains low-rank updates alone; without it all weights are trained'),
  systemPrompt: z.string().optional().describe('system message before every question; none when absent'),
  minPixels: z
    .int()
    .positive()
    .optional()
    .describe('overrides the processor: images are enlarged to at least this area'),
  maxPixels: z.int().positive().optional().describe('overrides the processor: images are shrunk to at most this area'),
});
export type PolicyConfig = z.infer<typeof PolicyConfig>;
