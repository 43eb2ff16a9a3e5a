import type { Fault } from '../../datasets/check-prompts.ts';
import { describeContaminated, type EvaluationSet, findContaminated } from '../../datasets/contamination.ts';
import type { DecontaminationConfig } from '../../schema/config/data.ts';
import type { LeftOutPrompt } from '../../schema/left-out.ts';

/** A run's sets of prompts, the training prompts first, and what of those is held out. */
export interface Decontaminated<Set> {
  sets: Set[];
  leftOut: LeftOutPrompt[];
  faults: Fault[];
}

/** Does with the training prompts that are held out what the config says: leaves them out, or has a fault of each. */
export function decontaminate<Set extends EvaluationSet>(
  sets: Set[],
  config: DecontaminationConfig,
): Decontaminated<Set> {
  const [train, ...others] = sets;
  const found = config.action === 'off' ? [] : findContaminated(train.prompts, others, config);
  if (config.action === 'refuse') return { sets, leftOut: [], faults: describeContaminated(found) };
  const dropped = new Set(found.map((each) => each.train));
  const kept = { ...train, prompts: train.prompts.filter((prompt) => !dropped.has(prompt)) };
  const leftOut = found.map(({ promptId, reason, set, evaluationPromptId }) => {
    return { promptId, reason, set, evaluationPromptId };
  });
  return { sets: [kept, ...others], leftOut, faults: [] };
}
