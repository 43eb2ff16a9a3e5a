import { describeTraining } from '../../algorithms/index.ts';
import { expertPolicyOf } from '../../schema/config/expert-policy.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { describeExpertShortage } from '../../sizing/expert-shortage.ts';
import { describeShortages, fitRun, type Machines } from '../../sizing/plan-memory.ts';
import { describeModel, type PlannedModel } from '../../sizing/planned-model.ts';
import { type AskedPrompt, measurePrompts } from '../../sizing/prompt-size.ts';
import type { PromptSize } from '../../sizing/work.ts';
import { readIfPresent } from '../../store/presence.ts';
import type { Store } from '../../store/store.ts';

/**
 * Refuses a run one of whose jobs would not fit where it is to run, with what would do: `InvalidInputError`.
 *
 * @param prompts all that the run asks
 */
export async function checkMemory(
  store: Store,
  config: RunConfig,
  prompts: readonly AskedPrompt[],
  machines: Machines,
): Promise<void> {
  const shortages = await findShortages(store, config, (model) => measurePrompts(prompts, config, model), machines);
  if (shortages.length === 0) return;
  throw new InvalidInputError(
    ['the run does not fit where it is to run (rise plan shows each part):', ...shortages].join('\n  '),
  );
}

/** A line for each job that does not fit. A model without a config.json is passed over, which loading it will say. */
export async function findShortages(
  store: Store,
  config: RunConfig,
  measure: (model: PlannedModel) => PromptSize,
  machines: Machines,
): Promise<string[]> {
  const factsOf = (model: PlannedModel) => {
    return { storedBytes: model.storedBytes, prompt: measure(model), ...describeTraining(config) };
  };
  const [policy, expert] = [config.policy, expertPolicyOf(config.expert)];
  const [model, teacher] = await Promise.all([
    readModel(store, policy.model),
    expert && readModel(store, expert.model),
  ]);
  return [
    ...(model ? describeShortages(fitRun(model.shape, config, factsOf(model), machines)) : []),
    ...(expert && teacher ? describeExpertShortage(teacher, expert, config, factsOf(teacher), machines.rollout) : []),
  ];
}

async function readModel(store: Store, folder: string): Promise<PlannedModel | undefined> {
  const [json, processor] = await Promise.all(
    ['config.json', 'preprocessor_config.json'].map((name) => readJson(store, folder + name)),
  );
  return json && describeModel(`${folder}config.json`, json, processor);
}

async function readJson(store: Store, key: string): Promise<object | undefined> {
  const bytes = await readIfPresent(store, key);
  return bytes && JSON.parse(bytes.toString('utf8'));
}
