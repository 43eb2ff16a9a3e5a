import { z } from 'zod';

/** A LoRA adapter (arXiv 2106.09685), which is trained in place of the policy's own weights: they stay as they are. */
export const AdapterConfig = z.strictObject({
  rank: z.int().positive().max(4096).default(16),
  alpha: z.number().positive().default(32).describe('an update counts alpha / rank times'),
  dropout: z
    .number()
    .min(0)
    .max(0.95)
    .default(0)
    .describe('share of inputs that an update does not see in SFT; RL drops nothing, as its sampler does'),
  targets: z
    .union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)])
    .default('all-linear')
    .describe("linear layers, by the end of their names; the vision tower's only where it is not frozen"),
});
export type AdapterConfig = z.infer<typeof AdapterConfig>;
