import { z } from 'zod';
import { Consultation } from './expert-answer.ts';
import { ExpertRoute, SelfDistillRoute } from './route.ts';
import { RewardPart } from './trajectory.ts';

const text = {
  exampleId: z.string(),
  promptId: z.string(),
  response: z.string().describe('the assistant turn, without special tokens'),
};
const origin = { runId: z.string(), graderVersion: z.string().describe('e.g. `accuracy@2`') };

/**
 * Text SFT learns, with every link back to where it came from: a trajectory of the policy's own, or an expert.
 * @example {
 *   exampleId: 'count-e44642a006e1-self-6', source: 'self-distill', promptId: 'count-e44642a006e1',
 *   response: '<think>4 green squares.</think> <answer>\\boxed{4}</answer>',
 *   provenance: {
 *     runId: 'tiny-ea66957b',
 *     route: {
 *       promptId: 'count-e44642a006e1', kind: 'self-distill', passRate: 0.25, groupSize: 8,
 *       correctTrajectoryIndices: [1, 6],
 *     },
 *     trajectoryIndex: 6, policyVersion: 6,
 *     rewardBreakdown: {
 *       accuracy: {
 *         value: 1, weight: 0.9, version: 'accuracy@4', evidence: 'correct: boxed "4" equals "4", as quantities',
 *       },
 *       format: { value: 1, weight: 0.1, version: 'format@1', evidence: 'think and answer tags, once each' },
 *     },
 *     graderVersion: 'accuracy@4',
 *   },
 * }
 */
export const SftExample = z.discriminatedUnion('source', [
  z.object({
    ...text,
    source: z.literal('self-distill'),
    provenance: z.object({
      ...origin,
      route: SelfDistillRoute,
      trajectoryIndex: z.int().nonnegative(),
      policyVersion: z.int().nonnegative(),
      rewardBreakdown: z.record(z.string(), RewardPart),
    }),
  }),
  z.object({
    ...text,
    source: z.literal('expert'),
    provenance: z.object({
      ...origin,
      route: ExpertRoute,
      expertProvider: z.string().describe('who answered'),
      consultation: Consultation.optional().describe('what the answer took; absent where it was there'),
    }),
  }),
]);
export type SftExample = z.infer<typeof SftExample>;

/**
 * One line of the index beside the shards.
 * @example {
 *   exampleId: 'count-e44642a006e1-self-6', source: 'self-distill', promptId: 'count-e44642a006e1',
 *   shard: 'sft-00000-of-00001.tar', order: 0,
 * }
 */
export const SftIndexEntry = z.object({
  exampleId: z.string(),
  source: z.enum(['self-distill', 'expert']),
  promptId: z.string(),
  shard: z.string().describe('file name'),
  order: z
    .int()
    .nonnegative()
    .optional()
    .describe('place in the order that training begins with; of older shards, that in the tars'),
});
export type SftIndexEntry = z.infer<typeof SftIndexEntry>;

/** How many examples came from each source. */
export interface SourceCounts {
  selfDistill: number;
  expert: number;
}

export function countSources(examples: readonly Pick<SftExample, 'source'>[]): SourceCounts {
  const count = (source: SftExample['source']) => examples.filter((example) => example.source === source).length;
  return { selfDistill: count('self-distill'), expert: count('expert') };
}
