import { z } from 'zod';
import { ExpertRoute, SelfDistillRoute } from './route.ts';
import { RewardPart } from './trajectory.ts';

const text = {
  exampleId: z.string(),
  promptId: z.string(),
  response: z.string().describe('the assistant turn, without special tokens'),
};
const origin = { runId: z.string(), graderVersion: z.string().describe('e.g. `accuracy@2`') };

/** Text SFT learns, with every link back to where it came from: a trajectory of the policy's own, or an expert. */
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
    provenance: z.object({ ...origin, route: ExpertRoute, expertProvider: z.string().describe('who answered') }),
  }),
]);
export type SftExample = z.infer<typeof SftExample>;

/**
 * One line of the index beside the shards.
 * @example { exampleId: 'sum-0f3a92-self-2', source: 'self-distill', promptId: 'sum-0f3a92', shard: 'sft-00000-of-00002.tar' }
 */
export const SftIndexEntry = z.object({
  exampleId: z.string(),
  source: z.enum(['self-distill', 'expert']),
  promptId: z.string(),
  shard: z.string().describe('file name'),
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
