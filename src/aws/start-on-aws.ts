import type { Finding } from '../base/finding.ts';
import { prepareRun } from '../launch/prepare-run.ts';
import { raiseBudget } from '../launch/run-budget.ts';
import { startFresh } from '../launch/start-fresh.ts';
import type { BudgetConfig } from '../schema/config/budget.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { configKey } from '../schema/keys.ts';
import { readConfig } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { checkModels } from './check-models.ts';
import { checkStart } from './check-start.ts';
import { readContext } from './choices.ts';
import { assertExecutable, resumeRun, type StartedRun, startRun } from './executions.ts';
import type { AwsOptions } from './settings.ts';
import { withDeployment } from './with-deployment.ts';

/** Who hears how a start goes. */
export interface StartListeners {
  /** Each file of the model and the datasets, before it is sent. */
  onUpload: (key: string) => void;
  /** What the account lacks, if that makes the run slower and does not stop it. */
  onFinding: (finding: Finding) => void;
}

/**
 * Makes sure that its jobs can start, uploads what the run needs, where the bucket does not have it yet, and starts its first
 * execution.
 */
export async function startOnAws(
  config: RunConfig,
  configFolder: string,
  options: AwsOptions & { runId?: string; contextFile: string; fresh?: boolean },
  { onUpload, onFinding }: StartListeners,
): Promise<StartedRun> {
  if (options.runId !== undefined) assertExecutable(options.runId);
  return withDeployment(options, async (context) => {
    checkModels(config, context.deployment);
    await checkStart(context, readContext(options.contextFile), onFinding);
    const store = tellingUploads(context.store, onUpload);
    const { input } = await prepareRun(store, config, configFolder, options.runId);
    if (options.fresh) await startFresh(store, input.runId);
    return startRun(context.aws, context.deployment.stateMachineArn, input);
  });
}

/** Starts the next execution of a run whose config is in the bucket, with the bounds that are given in place of those it has. */
export async function resumeOnAws(runId: string, options: AwsOptions, budget: BudgetConfig = {}): Promise<StartedRun> {
  assertExecutable(runId);
  return withDeployment(options, async ({ aws, deployment, store }) => {
    const input = { runId, configKey: configKey(runId) };
    if (!(await store.exists(input.configKey))) {
      throw new InvalidInputError(`run ${runId} is not in ${store.uri}; rise status lists the runs there are`);
    }
    await readConfig(store, input.configKey);
    await raiseBudget(store, runId, budget);
    return resumeRun(aws, deployment.stateMachineArn, input);
  });
}

const tellingUploads = (store: Store, onUpload: (key: string) => void): Store => ({
  ...store,
  writeStream: (key, source) => {
    onUpload(key);
    return store.writeStream(key, source);
  },
});
