import { z } from 'zod';
import type { RunConfig } from '../schema/config/run-config.ts';
import { JOB_QUEUES } from '../schema/stage.ts';
import { STAGES } from '../schema/stages.ts';
import { findInstanceType } from '../sizing/instance-types.ts';
import { describeModel, type PlannedModel } from '../sizing/planned-model.ts';
import { worksOf } from '../sizing/works.ts';
import type { PromptCounts } from '../stages/check-budget/forecast-next.ts';
import type { NextJob } from '../stages/check-budget/list-next.ts';
import { readIfPresent } from '../store/presence.ts';
import type { Store } from '../store/store.ts';
import { COMPLETION_SHARE, DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { modelJob } from './model-jobs.ts';
import { policyBytes } from './policy-bytes.ts';
import { factsOf } from './run-facts.ts';
import { speedOn } from './speed-on.ts';

const InstanceTypes = z.record(z.enum(JOB_QUEUES), z.array(z.string()));

/**
 * Seconds of all children of a job by arithmetic, on the first instance type of its queue. Undefined where the stack names none,
 * as on a machine of one's own, where its GPU's speed is not known, or the model has no config.json.
 */
export async function forecastJob(
  store: Store,
  instanceTypes: string | undefined,
  { job, rollout, children }: NextJob,
  config: RunConfig,
  counts: PromptCounts,
): Promise<number | undefined> {
  const [name] = instanceTypes ? InstanceTypes.parse(JSON.parse(instanceTypes))[STAGES[job].queue] : [];
  const type = name === undefined ? undefined : findInstanceType(name);
  const model = type && (await readModel(store, config.policy.model));
  if (!type || !model) return undefined;
  const works = worksOf(config, factsOf(config, model));
  const speed = speedOn(type, model.shape, works);
  if (!speed) return undefined;
  const assumptions = {
    ...DEFAULT_ASSUMPTIONS,
    ...counts,
    ...speed,
    ...policyBytes(model.shape, works, model.storedBytes),
    tokensPerTrajectory: COMPLETION_SHARE * config.sampling.maxNewTokens,
  };
  return children * modelJob(job, { rollout }, config, assumptions).seconds;
}

async function readModel(store: Store, folder: string): Promise<PlannedModel | undefined> {
  const [json, processor] = await Promise.all(
    ['config.json', 'preprocessor_config.json'].map(async (name) => {
      const bytes = await readIfPresent(store, folder + name);
      return bytes && JSON.parse(bytes.toString('utf8'));
    }),
  );
  return json && describeModel('config.json', json, processor);
}
