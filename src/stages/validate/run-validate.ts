import { type Fault, findFaults, findNeedFaults, findOverlap } from '../../datasets/check-prompts.ts';
import { findRewardFaults, loadRewards } from '../../rewards/load-rewards.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { promptsKey } from '../../schema/keys.ts';
import type { ExecutionInput, ValidateOutput } from '../../schema/stage-inputs.ts';
import { noteStart } from '../../store/note-start.ts';
import { encodeRecords, readConfig } from '../../store/records.ts';
import { completeStage } from '../complete-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { materializePrompts } from './materialize-prompts.ts';

const SHOWN_FAULTS = 10;

/**
 * Preflight: writes the prompts of both splits with their images, and checks them and the rewards before any GPU is paid for.
 * Throws `InvalidInputError` that lists the first faults with their places.
 */
export async function runValidate({ store, report }: StageDeps, input: ExecutionInput): Promise<ValidateOutput> {
  const { runId, configKey } = input;
  const config = await readConfig(store, configKey);
  await noteStart(store, runId);
  await completeStage(store, { stage: 'validate', input, config }, async (writePart) => {
    const rewards = await loadRewards(store, config);
    const rewardFaults = await findRewardFaults(store, config);
    const train = await materializePrompts(store, 'data.train', config.data.train);
    report({ stage: 'validate', done: 1, total: 2, unit: 'splits' });
    const evaluation = await materializePrompts(store, 'data.evaluation', config.data.evaluation);
    refuseFaults(runId, [
      ...rewardFaults,
      ...train.faults,
      ...findFaults(train.prompts),
      ...findNeedFaults(train.prompts, rewards),
      ...evaluation.faults,
      ...findFaults(evaluation.prompts),
      ...findOverlap(train.prompts, evaluation.prompts),
      ...findCountFaults(config, train.prompts.length, evaluation.prompts.length),
    ]);
    for (const [split, { prompts }] of [['train', train] as const, ['evaluation', evaluation] as const]) {
      const records = encodeRecords(prompts.map(({ prompt }) => prompt));
      await writePart(promptsKey(runId, split), records, prompts.length);
    }
    report({ stage: 'validate', done: 2, total: 2, unit: 'splits' });
    return { train: train.prompts.length, evaluation: evaluation.prompts.length };
  });
  return { runId, configKey, iterations: config.rl.iterations, nextIteration: 0 };
}

function refuseFaults(runId: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const lines = faults.slice(0, SHOWN_FAULTS).map(({ place, message }) => `  ${place}: ${message}`);
  const more = faults.length > SHOWN_FAULTS ? [`  and ${faults.length - SHOWN_FAULTS} more`] : [];
  throw new InvalidInputError(
    [`${faults.length} faults in the prompts and rewards of ${runId}:`, ...lines, ...more].join('\n'),
  );
}

function findCountFaults({ rl, diagnosis }: RunConfig, trainCount: number, evaluationCount: number): Fault[] {
  const wanted = [
    ['data.train', 1, trainCount],
    ['data.evaluation', 1, evaluationCount],
    ['rl.promptsPerIteration', rl.iterations > 0 ? rl.promptsPerIteration : 0, trainCount],
    ['diagnosis.prompts', diagnosis.prompts ?? 0, trainCount],
  ] as const;
  return wanted
    .filter(([, needed, present]) => needed > present)
    .map(([place, needed, present]) => ({ place, message: `needs ${needed} prompts, the split has ${present}` }));
}
