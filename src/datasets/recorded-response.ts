import { z } from 'zod';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import { Trajectory } from '../schema/trajectory.ts';

/** One line of a file of responses that some model gave elsewhere. */
export const RecordedResponse = z.object({
  promptId: z.string().describe("the dataset's id, or that behind the dataset's name: `mathvision-4` for `4`"),
  response: z.string(),
  model: z.string().default('unnamed'),
  officialCorrect: z.boolean().optional().describe("the benchmark's own verdict"),
});
export type RecordedResponse = z.infer<typeof RecordedResponse>;

/** A recorded response as a trajectory: no tokens, and the model's name beside it. */
export const RecordedTrajectory = z.intersection(
  Trajectory,
  z.object({ model: z.string(), officialCorrect: z.boolean().optional() }),
);
export type RecordedTrajectory = z.infer<typeof RecordedTrajectory>;

/** Numbers the responses to each prompt in the order of the file: they become its trajectory group. */
export function toTrajectories(
  prompts: readonly Prompt[],
  responses: readonly RecordedResponse[],
): RecordedTrajectory[] {
  const known = new Set(prompts.map(({ promptId }) => promptId));
  const groupSizes = new Map<string, number>();
  return responses.map(({ promptId: recordedId, response, model, officialCorrect }, index) => {
    const promptId = findPromptId(known, recordedId);
    if (promptId === undefined) {
      throw new InvalidInputError(
        `response ${index + 1} answers ${recordedId}, which is not among the prompts; give its prompts file`,
      );
    }
    const trajectoryIndex = groupSizes.get(promptId) ?? 0;
    groupSizes.set(promptId, trajectoryIndex + 1);
    return {
      promptId,
      trajectoryIndex,
      policyVersion: 0,
      seed: 0,
      tokenIds: [],
      samplingLogprobs: [],
      text: response,
      finishReason: 'stop',
      model,
      ...(officialCorrect !== undefined && { officialCorrect }),
    };
  });
}

function findPromptId(known: ReadonlySet<string>, recordedId: string): string | undefined {
  if (known.has(recordedId)) return recordedId;
  const unnamed = recordedId.slice(recordedId.indexOf('-') + 1);
  return known.has(unnamed) ? unnamed : undefined;
}
