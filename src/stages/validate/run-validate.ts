import { checkTraining } from '../../algorithms/index.ts';
import { loadBenchmarks } from '../../benchmarks/index.ts';
import { type Fault, findFaults, findNeedFaults, type PromptDemands } from '../../datasets/check-prompts.ts';
import { findControlToken, readControlTokens } from '../../datasets/control-tokens.ts';
import { type ActiveExpert, loadExpert } from '../../experts/index.ts';
import { type ActiveReward, responseDemandsOf } from '../../rewards/index.ts';
import { findRewardFaults, loadRewards } from '../../rewards/load-rewards.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { leftOutKey, MEASURING_SET, promptsKey } from '../../schema/keys.ts';
import type { ExecutionInput, ValidateOutput } from '../../schema/stage-inputs.ts';
import type { Machines } from '../../sizing/plan-memory.ts';
import { noteStart } from '../../store/note-start.ts';
import { encodeRecords } from '../../store/records.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { checkMemory } from './check-memory.ts';
import { decontaminate } from './decontaminate.ts';
import { type MaterializedPrompts, materializePrompts } from './materialize-prompts.ts';

const SHOWN_FAULTS = 10;

export interface ValidateDeps extends StageDeps {
  /** Where the run's jobs will be. */
  machines: Machines;
}

/**
 * Preflight: writes the run's sets of prompts with their images, and checks them and all that the config names before any
 * GPU is paid for.
 * Throws `InvalidInputError` that lists the first faults with their places.
 */
export async function runValidate(deps: ValidateDeps, input: ExecutionInput): Promise<ValidateOutput> {
  const work = await beginStage<PromptCounts>(deps.store, { stage: 'validate', input });
  await noteStart(deps.store, input.runId);
  if (work.kind === 'open') await writePrompts(deps, work);
  const { runId, configKey } = input;
  return { runId, configKey, iterations: work.config.rl.iterations, nextIteration: 0 };
}

/** Prompts of each set, and of the training set those that were left out. */
type PromptCounts = Record<string, number>;

async function writePrompts(deps: ValidateDeps, work: OpenStage<PromptCounts>): Promise<void> {
  const { store } = deps;
  const { runId, config } = work;
  checkTraining(config);
  const rewards = await loadRewards(store, config);
  const expert = await loadExpert(store, config, { rewards });
  const { sets, leftOut, faults } = decontaminate(await materializeSets(deps, config), config.data.decontaminate);
  const demands = { controlTokens: await readControlTokens(store, config.policy.model) };
  const ofRewards = await findRewardFaults(store, config);
  // One that fails its own cases may be past answering what it needs of a prompt.
  const asked = ofRewards.length === 0 ? rewards : [];
  refuseFaults(runId, [
    ...ofRewards,
    ...findPolicyFaults(config, demands),
    ...(await findSetFaults(config, sets, asked, demands)),
    ...(await findExpertFaults(expert, sets[0])),
    ...faults,
  ]);
  const prompts = sets.flatMap((set) => set.prompts.map(({ prompt }) => prompt));
  await checkMemory(store, config, prompts, deps.machines);
  for (const { name, prompts } of sets) {
    const records = encodeRecords(prompts.map(({ prompt }) => prompt));
    await work.writePart(promptsKey(runId, name), records, prompts.length);
  }
  if (leftOut.length > 0) await work.writePart(leftOutKey(runId), encodeRecords(leftOut), leftOut.length);
  const counts = Object.fromEntries(sets.map(({ name, prompts }) => [name, prompts.length]));
  await work.finish({ ...counts, ...(leftOut.length > 0 && { leftOut: leftOut.length }) });
}

/** One of the run's sets of prompts, by its name in `promptsKey`. */
interface PromptSet extends MaterializedPrompts {
  name: string;
  field: string;
}

/** The training prompts, those held out, and those that benchmarks bring. */
async function materializeSets({ store, report }: StageDeps, config: RunConfig): Promise<PromptSet[]> {
  const { train, evaluation } = config.data;
  const { duringRl } = config.evaluation;
  const brought = loadBenchmarks(config).flatMap(({ name, source }) => {
    return source ? [{ name, field: `evaluation.benchmarks.${name}.source`, source }] : [];
  });
  const wanted = [
    { name: 'train', field: 'data.train', source: train },
    { name: 'evaluation', field: 'data.evaluation', source: evaluation },
    ...brought,
    ...(duringRl?.source
      ? [{ name: MEASURING_SET, field: 'evaluation.duringRl.source', source: duringRl.source }]
      : []),
  ];
  const sets: PromptSet[] = [];
  for (const { name, field, source } of wanted) {
    sets.push({ name, field, ...(await materializePrompts(store, field, source)) });
    report({ stage: 'validate', done: sets.length, total: wanted.length, unit: 'sets of prompts' });
  }
  return sets;
}

/** What is wrong with the system prompt, which stands before every question. */
function findPolicyFaults({ policy }: RunConfig, { controlTokens }: PromptDemands): Fault[] {
  const token = findControlToken(policy.systemPrompt ?? '', controlTokens);
  if (token === undefined) return [];
  return [{ place: 'policy.systemPrompt', message: `holds the control token ${token} of the model; take it out` }];
}

async function findSetFaults(
  config: RunConfig,
  [train, ...others]: PromptSet[],
  rewards: readonly ActiveReward[],
  demands: PromptDemands,
): Promise<Fault[]> {
  const learnt = config.expert.name === 'worked-solution' ? { solutions: responseDemandsOf(config.rewards) } : {};
  return [
    ...train.faults,
    ...findFaults(train.prompts, { ...demands, ...learnt }),
    ...(await findNeedFaults(train.prompts, rewards)),
    ...others.flatMap(({ faults, prompts }) => [...faults, ...findFaults(prompts, demands)]),
    ...findCountFaults(config, train, others),
  ];
}

/** What the expert lacks for training prompts, any of which it may be asked about. */
async function findExpertFaults(expert: ActiveExpert, { prompts }: PromptSet): Promise<Fault[]> {
  const messages = await expert.findFaults(prompts.map(({ prompt }) => prompt));
  return messages.map((message) => ({ place: 'expert', message }));
}

function refuseFaults(runId: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const lines = faults.slice(0, SHOWN_FAULTS).map(({ place, message }) => `  ${place}: ${message}`);
  const more = faults.length > SHOWN_FAULTS ? [`  and ${faults.length - SHOWN_FAULTS} more`] : [];
  throw new InvalidInputError(
    [`${faults.length} faults in the prompts and rewards of ${runId}:`, ...lines, ...more].join('\n'),
  );
}

function findCountFaults({ rl, diagnosis }: RunConfig, train: PromptSet, others: readonly PromptSet[]): Fault[] {
  const wanted = [
    ...[train, ...others].map((set) => ({ place: set.field, needed: 1, set })),
    { place: 'rl.promptsPerIteration', needed: rl.iterations > 0 ? rl.promptsPerIteration : 0, set: train },
    { place: 'diagnosis.prompts', needed: diagnosis.prompts ?? 0, set: train },
  ];
  return wanted
    .filter(({ needed, set }) => needed > set.prompts.length)
    .map(({ place, needed, set }) => {
      return { place, message: `needs ${needed} prompts, the split has ${set.prompts.length}` };
    });
}
