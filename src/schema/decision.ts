import { z } from 'zod';
import { DecisionRule } from './config/diagnosis.ts';

/** What may become of a trajectory of the policy, in the order in which the rules apply (`docs/routing.md`). */
export const TRAJECTORY_OUTCOMES = [
  'kept',
  'wrong',
  'other-route',
  'too-short',
  'too-long',
  'low-reward',
  'duplicate',
  'truncated',
  'unformatted',
  'near-duplicate',
  'beyond-max',
] as const;

/**
 * What became of a trajectory: SFT learns it, or why it does not.
 * @example 'near-duplicate'
 */
export const TrajectoryOutcome = z.enum(TRAJECTORY_OUTCOMES);
export type TrajectoryOutcome = z.infer<typeof TrajectoryOutcome>;

/**
 * What became of one trajectory of a diagnosis.
 * @example { trajectoryIndex: 1, seed: 2839105, outcome: 'duplicate', because: 'the text of trajectory 6' }
 */
export const TrajectoryDecision = z.object({
  trajectoryIndex: z.int().nonnegative(),
  seed: z.int().nonnegative().describe('that it was sampled by'),
  outcome: TrajectoryOutcome,
  because: z.string().optional().describe('why SFT does not learn it, in words; absent where it does'),
});
export type TrajectoryDecision = z.infer<typeof TrajectoryDecision>;

/**
 * What became of the question to the expert.
 * @example { outcome: 'kept', provider: 'worked-solution', because: 'correct: boxed "36" equals "36", as quantities' }
 */
export const ExpertDecision = z.object({
  outcome: z.enum(['kept', 'not-asked', 'unanswered', 'wrong', 'unformatted', 'low-reward']),
  provider: z.string().optional().describe('who answered; absent where nobody did'),
  because: z.string().describe('the evidence, in words'),
});
export type ExpertDecision = z.infer<typeof ExpertDecision>;

/**
 * One line of the decision log: everything that decided what SFT learns from a prompt, and what that is.
 * @example {
 *   promptId: 'count-e44642a006e1',
 *   policy: {
 *     folder: 'runs/tiny-ea66957b/iteration-000005/checkpoint/',
 *     manifestSha256: '456143bdbd0e586702075e9f5c801a1d79e9dd3456280cdbf7cb08081a64dae2',
 *   },
 *   groupSize: 4, correct: 1, passRate: 0.25, interval: { low: 0.0456, high: 0.6994 },
 *   rule: { decideBy: 'pass-rate', selfDistillMin: 0, masteredMin: 1 },
 *   rewards: { accuracy: 'accuracy@4', format: 'format@1' },
 *   branch: 'self-distill', because: '1 of 4 right: a pass rate of 0.250, from selfDistillMin 0 to below masteredMin 1',
 *   trajectories: [
 *     { trajectoryIndex: 0, seed: 1745432085, outcome: 'wrong', because: 'its answer is not right' },
 *     { trajectoryIndex: 1, seed: 1745432086, outcome: 'kept' },
 *     { trajectoryIndex: 2, seed: 1745432087, outcome: 'wrong', because: 'its answer is not right' },
 *     { trajectoryIndex: 3, seed: 1745432088, outcome: 'wrong', because: 'its answer is not right' },
 *   ],
 *   examples: ['count-e44642a006e1-self-1'],
 * }
 */
export const Decision = z.object({
  promptId: z.string(),
  policy: z
    .object({
      folder: z.string(),
      manifestSha256: z
        .string()
        .optional()
        .describe('of its manifest; a base model has none, and its folder is its hash'),
    })
    .describe('whose trajectories these are'),
  groupSize: z.int().positive().describe('K'),
  correct: z.int().nonnegative(),
  passRate: z.number(),
  interval: z.object({ low: z.number(), high: z.number() }).describe("Wilson's 95% interval of the pass rate"),
  rule: DecisionRule,
  rewards: z.record(z.string(), z.string()).describe('versions of the rewards that scored the trajectories, by name'),
  branch: z.enum(['mastered', 'self-distill', 'expert']),
  because: z.string().describe('why this branch, in words'),
  trajectories: z.array(TrajectoryDecision),
  expert: ExpertDecision.optional().describe('of a prompt whose branch is the expert'),
  examples: z.array(z.string()).describe('ids of the SFT examples that came of it'),
});
export type Decision = z.infer<typeof Decision>;

/**
 * Where self-distillation gives fewer examples than asked: how many prompts, and what became of their other trajectories.
 * @example { asked: 2, prompts: 41, empty: 0, outcomes: { wrong: 240, duplicate: 47 } }
 */
export const Shortfall = z.object({
  asked: z.int().nonnegative().describe('examples per prompt: diagnosis.maxKeptPerPrompt'),
  prompts: z.int().nonnegative().describe('self-distill prompts with fewer'),
  empty: z.int().nonnegative().describe('those of them without any'),
  outcomes: z
    .partialRecord(TrajectoryOutcome.exclude(['kept']), z.int().positive())
    .describe('their trajectories that SFT does not learn, by reason'),
});
export type Shortfall = z.infer<typeof Shortfall>;
