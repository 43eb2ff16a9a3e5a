import { z } from 'zod';
import { BudgetConfig } from './budget.ts';
import { ComputeConfig } from './compute.ts';
import { DataConfig } from './data.ts';
import { DiagnosisConfig } from './diagnosis.ts';
import { EvaluationConfig } from './evaluation.ts';
import { ExpertConfig } from './expert.ts';
import { PolicyConfig } from './policy.ts';
import { RewardsConfig } from './rewards.ts';
import { RlConfig } from './rl.ts';
import { SamplingConfig } from './sampling.ts';
import { SftConfig } from './sft.ts';
import { TrackersConfig } from './trackers.ts';

/** A whole run. Every knob has its meaning in its section; defaults are what papers and peers use where they publish it. */
export const RunConfig = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
    .describe('prefix of the run id'),
  seed: z.int().nonnegative().default(0).describe('every random draw of the run derives from it'),
  policy: PolicyConfig,
  data: DataConfig,
  sampling: SamplingConfig.describe('of RL rollouts and of the diagnosis'),
  rl: RlConfig,
  rewards: RewardsConfig,
  diagnosis: DiagnosisConfig,
  expert: ExpertConfig,
  sft: SftConfig,
  evaluation: EvaluationConfig,
  compute: ComputeConfig,
  budget: BudgetConfig.optional().describe('when the run stops, to be resumed with more; no part of its id'),
  trackers: TrackersConfig.optional().describe(
    'tools that it is told to, as tensorboard or { name: mlflow, options }; no part of its id; tensorboard when absent',
  ),
});
export type RunConfig = z.infer<typeof RunConfig>;
