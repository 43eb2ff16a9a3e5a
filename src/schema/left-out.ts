import { z } from 'zod';

/**
 * One line of `sft-shards/left-out.jsonl`: an example that SFT does not learn, since its source has more than its share.
 * @example { exampleId: 'count-e44642a006e1-expert', promptId: 'count-e44642a006e1', source: 'expert' }
 */
export const LeftOutExample = z.object({
  exampleId: z.string(),
  promptId: z.string(),
  source: z.enum(['self-distill', 'expert']),
});
export type LeftOutExample = z.infer<typeof LeftOutExample>;

/** Rules by which a training prompt is one of the evaluation too. */
export const CONTAMINATIONS = ['content', 'id', 'text', 'image'] as const;
export type Contamination = (typeof CONTAMINATIONS)[number];

/**
 * One line of `prompts/left-out.jsonl`: a training prompt that the run does not learn from, since it is held out.
 * @example { promptId: 'geo-117', reason: 'text', set: 'evaluation', evaluationPromptId: 'test-9' }
 */
export const LeftOutPrompt = z.object({
  promptId: z.string(),
  reason: z.enum(CONTAMINATIONS).describe('the first rule that holds, in the order of the config'),
  set: z.string().describe('of evaluation prompts: `evaluation`, or that of a benchmark with prompts of its own'),
  evaluationPromptId: z.string().describe('the first of the set that it is like'),
});
export type LeftOutPrompt = z.infer<typeof LeftOutPrompt>;
