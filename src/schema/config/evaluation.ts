import { z } from 'zod';
import { SamplingConfig } from './sampling.ts';

/** How policies are measured. */
export const EvaluationConfig = z
  .strictObject({
    sampling: SamplingConfig.prefault({ temperature: 0 }),
  })
  .prefault({});
export type EvaluationConfig = z.infer<typeof EvaluationConfig>;
