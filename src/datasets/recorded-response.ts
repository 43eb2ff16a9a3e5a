import { z } from 'zod';
import { createNumberColumn } from '../base/number-column.ts';
import { InvalidInputError } from '../schema/errors.ts';
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

function toTrajectory(
  promptId: string,
  trajectoryIndex: number,
  { response, model, officialCorrect }: RecordedResponse,
): RecordedTrajectory {
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
}

/** Numbers responses within their prompts' groups as they come. */
export interface ResponseNumbering {
  /** The response as a trajectory of a prompt's group. Throws `InvalidInputError` where it answers none of the prompts. */
  number(response: RecordedResponse): RecordedTrajectory;
}

/** @param find the number of the prompt with this id; -1 where there is none */
export function createResponseNumbering(find: (promptId: string) => number): ResponseNumbering {
  const groupSizes = createNumberColumn(Uint32Array);
  let responses = 0;
  return {
    number(response) {
      responses += 1;
      const recordedId = response.promptId;
      const promptId = [recordedId, withoutName(recordedId)].find((id) => find(id) !== -1);
      if (promptId === undefined) {
        throw new InvalidInputError(
          `response ${responses} answers ${recordedId}, which is not among the prompts; give its prompts file`,
        );
      }
      const prompt = find(promptId);
      const trajectoryIndex = groupSizes.get(prompt);
      groupSizes.set(prompt, trajectoryIndex + 1);
      return toTrajectory(promptId, trajectoryIndex, response);
    },
  };
}

/** What stands behind a dataset's name: `4` of `mathvision-4`. */
const withoutName = (promptId: string) => promptId.slice(promptId.indexOf('-') + 1);
