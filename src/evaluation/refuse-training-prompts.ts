import type { PlacedPrompt } from '../datasets/check-prompts.ts';
import { describeContaminated, findContaminated } from '../datasets/contamination.ts';
import { QWEN_CONTROL_TOKENS } from '../datasets/control-tokens.ts';
import { streamDataset } from '../datasets/load-dataset.ts';
import { DecontaminationConfig } from '../schema/config/data.ts';
import { InvalidInputError } from '../schema/errors.ts';

/** All rules of `data.decontaminate`, since who asks wants to know. */
const RULES = DecontaminationConfig.parse({ by: ['content', 'id', 'text', 'image'] });

/**
 * Refuses a dataset that is evaluated on where the training dataset has prompts of it, by content, id, words or an image. Throws
 * `InvalidInputError` with the first and the number of all; faults of the training dataset are nobody's matter here.
 */
export async function refuseTrainingPrompts(data: string, training: string): Promise<void> {
  const evaluation = { name: 'evaluation', prompts: await readPlaced(data) };
  const found = describeContaminated(findContaminated(await readPlaced(training), [evaluation], RULES));
  if (found.length === 0) return;
  const [{ place, message }] = found;
  throw new InvalidInputError(
    `${place}: ${message}; ${found.length} prompts of ${training} are like one of ${data}, by content, id, words or image`,
  );
}

async function readPlaced(path: string): Promise<PlacedPrompt[]> {
  const prompts: PlacedPrompt[] = [];
  for await (const { placed } of streamDataset(path, { controlTokens: QWEN_CONTROL_TOKENS })) {
    if (placed) prompts.push(placed);
  }
  return prompts;
}
