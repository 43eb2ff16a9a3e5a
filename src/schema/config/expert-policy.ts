import { z } from 'zod';
import type { ExpertConfig } from './expert.ts';
import { SamplingConfig } from './sampling.ts';

/**
 * Another model on our own engine as a run's expert: options of the expert `policy`. The stages read them too, since a job of
 * the run samples what the expert says.
 *
 * @example { model: 'models/qwen2.5-vl-32b', answers: 8 }
 */
export const ExpertPolicy = z.strictObject({
  model: z.string().describe('a checkpoint folder in Hugging Face layout (a path; on the store, a folder key)'),
  adapter: z.string().optional().describe("a LoRA adapter's folder in PEFT's format; none when absent"),
  answers: z.int().min(1).max(64).default(8).describe('sampled of each prompt; the first that may teach does'),
  sampling: SamplingConfig.optional().describe("the run's own when absent"),
});
export type ExpertPolicy = z.infer<typeof ExpertPolicy>;

/** The model that a run's expert is, where it is one on our own engine. */
export function expertPolicyOf({ name, module, options }: ExpertConfig): ExpertPolicy | undefined {
  return name === 'policy' && module === undefined ? ExpertPolicy.parse(options) : undefined;
}
