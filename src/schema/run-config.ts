import { z } from 'zod';

/** Difficulty tiers of the rendered tasks (src/tasks), easiest first. */
export const TaskTier = z.enum(['read', 'count', 'sum', 'difference', 'product']);
export type TaskTier = z.infer<typeof TaskTier>;

/** Where prompts come from: rendered tasks of this project, or a dataset folder (JSONL beside its images). */
export const PromptSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tasks'),
    split: z
      .enum(['train', 'evaluation'])
      .describe(
        'splits share no image with each other, nor with what the base model was trained on, whatever the seeds',
      ),
    tiers: z.partialRecord(TaskTier, z.int().positive()).describe('distinct prompts to draw per tier'),
    seed: z.int().nonnegative().describe('which prompts of the split are drawn'),
  }),
  z.strictObject({
    kind: z.literal('dataset'),
    path: z.string().describe('a JSONL file, or a folder with one; image paths are relative to it'),
    limit: z.int().positive().optional().describe('read only the first prompts'),
  }),
]);
export type PromptSource = z.infer<typeof PromptSource>;

const SamplingConfig = z.strictObject({
  temperature: z.number().nonnegative().default(1).describe('0 is greedy'),
  topP: z.number().positive().max(1).default(1),
  topK: z.int().nonnegative().default(0).describe('0 keeps the whole vocabulary'),
  maxNewTokens: z.int().positive().default(1024),
});
export type SamplingConfig = z.infer<typeof SamplingConfig>;

const OptimizerConfig = z.strictObject({
  learningRate: z.number().positive(),
  schedule: z.enum(['constant', 'cosine']).default('constant').describe('after warm-up'),
  warmupFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of all steps spent rising linearly to learningRate'),
  weightDecay: z.number().nonnegative().default(0).describe('AdamW, decoupled; never on norms and biases'),
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.95),
  maxGradNorm: z.number().positive().default(1).describe('global-norm clip'),
});
export type OptimizerConfig = z.infer<typeof OptimizerConfig>;

const RlConfig = z.strictObject({
  iterations: z.int().nonnegative().describe('rollout -> train cycles; 0 skips RL'),
  promptsPerIteration: z.int().positive().describe('prompts sampled per iteration'),
  groupSize: z.int().min(2).describe('trajectories per prompt (G)'),
  stepsPerIteration: z.int().positive().default(1).describe('optimizer steps per rollout batch'),
  microBatchSequences: z
    .int()
    .positive()
    .default(8)
    .describe('sequences per forward pass; gradients accumulate over a step'),
  clipRatioLow: z.number().positive().default(0.2),
  clipRatioHigh: z.number().positive().default(0.28),
  klCoefficient: z
    .number()
    .nonnegative()
    .default(0)
    .describe('k3 penalty to the frozen base policy; 0 loads no reference'),
  advantageNormalization: z.enum(['std', 'none']).default('std').describe('none is Dr.GRPO'),
  pipelined: z
    .boolean()
    .default(false)
    .describe(
      'samples the next rollout while training on this one: both queues are busy at once, and each rollout is one ' +
        'policy older, which truncated importance sampling corrects',
    ),
  optimizer: OptimizerConfig,
});
export type RlConfig = z.infer<typeof RlConfig>;

const SftConfig = z.strictObject({
  epochs: z.int().positive(),
  sequencesPerStep: z.int().positive().default(32).describe('sequences per optimizer step'),
  microBatchSequences: z.int().positive().default(8),
  examplesPerShard: z.int().positive().default(1000),
  optimizer: OptimizerConfig,
});
export type SftConfig = z.infer<typeof SftConfig>;

/** How a run uses a reward: a bare number is a weight. Rewards with a weight in a paper have it by default. */
const rewardUse = (defaultWeight?: number) =>
  z.preprocess(
    (use) => (typeof use === 'number' ? { weight: use } : use),
    z.strictObject({
      weight: (defaultWeight === undefined ? z.number() : z.number().default(defaultWeight)).describe(
        '0 leaves the reward out',
      ),
      module: z
        .string()
        .optional()
        .describe("file of the user's own reward (a path; on the store, a key); built in when absent"),
      options: z.record(z.string(), z.json()).default({}).describe("the reward's own knobs"),
    }),
  );
export const RewardUse = rewardUse();
export type RewardUse = z.infer<typeof RewardUse>;

/** A whole run. Every knob has its meaning here; defaults are what papers and peers use where they publish it. */
export const RunConfig = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
    .describe('prefix of the run id'),
  seed: z.int().nonnegative().default(0).describe('every random draw of the run derives from it'),
  policy: z.strictObject({
    model: z
      .string()
      .describe('a Qwen2.5-VL checkpoint folder in Hugging Face layout (a path; on the store, a folder key)'),
    freezeVisionTower: z.boolean().default(true),
    systemPrompt: z.string().optional().describe('system message before every question; none when absent'),
    minPixels: z
      .int()
      .positive()
      .optional()
      .describe('overrides the processor: images are enlarged to at least this area'),
    maxPixels: z
      .int()
      .positive()
      .optional()
      .describe('overrides the processor: images are shrunk to at most this area'),
  }),
  data: z.strictObject({
    train: PromptSource,
    evaluation: PromptSource.describe('held out; overlap with train by content is an error'),
  }),
  sampling: SamplingConfig.describe('of RL rollouts and of the diagnosis'),
  rl: RlConfig,
  rewards: z
    .object({
      accuracy: rewardUse(0.9).prefault({}),
      format: rewardUse(0.1).prefault({}),
      perception: rewardUse(0.7).optional(),
      repetition: rewardUse(1).optional(),
    })
    .catchall(RewardUse)
    .prefault({})
    .describe(
      "by name, what a trajectory earns (default weights: Perception-R1); the user's own rewards bring a module",
    ),
  diagnosis: z
    .strictObject({
      prompts: z.int().positive().optional().describe('how many training prompts to diagnose; all when absent'),
      trajectoriesPerPrompt: z.int().positive().default(8).describe('K'),
      maxKeptPerPrompt: z.int().positive().default(4).describe('self-distilled trajectories kept per prompt'),
    })
    .prefault({}),
  expert: z
    .strictObject({
      provider: z
        .enum(['worked-solution', 'none'])
        .default('worked-solution')
        .describe('who answers where the capability is absent'),
      maxConsultations: z.int().nonnegative().optional().describe('bound on expert calls; no bound when absent'),
    })
    .prefault({}),
  sft: SftConfig,
  evaluation: z
    .strictObject({
      sampling: SamplingConfig.prefault({ temperature: 0 }),
    })
    .prefault({}),
  compute: z
    .strictObject({
      engine: z
        .enum(['traced', 'eager'])
        .default('traced')
        .describe('traced graphs in one session, or op by op: slower, the reference'),
      precision: z
        .enum(['auto', 'float32', 'bf16'])
        .default('auto')
        .describe(
          'of products of matrices, bf16 being for traced graphs; weights, moments and all else are float32. auto ' +
            "measures once, when the run first needs it, and takes bf16 where that is clearly faster: the run's choice " +
            'from then on',
        ),
      rolloutShards: z.int().min(1).max(10000).default(1).describe('parallel rollout jobs per iteration'),
      decodeBatchSequences: z.int().positive().default(64).describe('sequences decoded together'),
      heartbeatSeconds: z.int().positive().default(600).describe('a job silent for longer is stopped as stalled'),
      checkpointSeconds: z
        .int()
        .nonnegative()
        .default(1800)
        .describe(
          'between two checkpoints of a training job, besides the one it writes when told to stop; 0 is each step',
        ),
    })
    .refine(({ engine, precision }) => engine === 'traced' || precision !== 'bf16', {
      path: ['precision'],
      error: 'the eager engine computes in float32 alone; choose float32, auto or engine: traced',
    })
    .prefault({}),
});
export type RunConfig = z.infer<typeof RunConfig>;
