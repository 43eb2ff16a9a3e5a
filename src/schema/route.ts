import { z } from 'zod';

/** What SFT needs from a prompt, decided from its diagnosis group, with the evidence. */
export const Route = z.object({
  promptId: z.string(),
  kind: z.enum(['mastered', 'self-distill', 'expert']),
  passRate: z.number().min(0).max(1),
  groupSize: z.int().positive(),
  correctTrajectoryIndices: z.array(z.int().nonnegative()),
});
export type Route = z.infer<typeof Route>;

/** One expert answer to a prompt whose capability is absent, and whether it was verified as correct. */
export const ExpertAnswer = z.object({
  promptId: z.string(),
  provider: z.string().describe('who answered, e.g. `worked-solution`'),
  response: z.string(),
  isVerified: z.boolean().describe('the accuracy reward judged it correct'),
  evidence: z.string(),
});
export type ExpertAnswer = z.infer<typeof ExpertAnswer>;

/** Text SFT learns, and every link back to where it came from. */
export const SftExample = z.object({
  exampleId: z.string(),
  source: z.enum(['self-distill', 'expert']),
  promptId: z.string(),
  response: z.string().describe('the assistant turn, without special tokens'),
  provenance: z.object({
    runId: z.string(),
    route: Route,
    trajectoryIndex: z.int().nonnegative().optional().describe('self-distill: which trajectory'),
    policyVersion: z.int().nonnegative().optional(),
    rewardBreakdown: z.record(z.string(), z.unknown()).optional(),
    expertProvider: z.string().optional().describe('expert: who answered'),
    graderVersion: z.string(),
  }),
});
export type SftExample = z.infer<typeof SftExample>;
