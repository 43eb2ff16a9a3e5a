import { z } from 'zod';

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
      timeoutSeconds: z
        .number()
        .positive()
        .optional()
        .describe("that a score of the user's own reward may take once it has begun; 30 when absent"),
      options: z.record(z.string(), z.json()).default({}).describe("the reward's own knobs"),
    }),
  );
export const RewardUse = rewardUse();
export type RewardUse = z.infer<typeof RewardUse>;

/** What a trajectory earns. */
export const RewardsConfig = z
  .object({
    accuracy: rewardUse(0.9).prefault({}),
    format: rewardUse(0.1).prefault({}),
    perception: rewardUse(0.7).optional(),
    repetition: rewardUse(1).optional(),
  })
  .catchall(RewardUse)
  .prefault({})
  .describe("by name, what a trajectory earns (default weights: Perception-R1); the user's own rewards bring a module");
export type RewardsConfig = z.infer<typeof RewardsConfig>;
