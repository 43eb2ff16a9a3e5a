import { dirname } from 'node:path';
import { checkSpace } from '../launch/check-space.ts';
import { findMemoryWarnings } from '../launch/memory-warnings.ts';
import { openTracking } from '../launch/open-tracking.ts';
import { type PreparedRun, prepareRun } from '../launch/prepare-run.ts';
import { probeExpert } from '../launch/probe-expert.ts';
import { readRunConfig } from '../launch/read-run-config.ts';
import { overlayBudget } from '../launch/run-budget.ts';
import { startFresh } from '../launch/start-fresh.ts';
import { BudgetStop } from '../schema/budget.ts';
import type { BudgetConfig } from '../schema/config/budget.ts';
import { InterruptedError, RiseError } from '../schema/errors.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { followRun, type TrackingFollower } from '../trackers/follow-run.ts';
import type { RunEvent } from './local-home.ts';
import { runLocally } from './run-locally.ts';
import { lockRun } from './run-lock.ts';

export interface RecipeOptions {
  /** As `openStore` takes it. */
  store: string;
  /** By default the name in the config and a hash of all that goes in. */
  runId?: string;
  /** Instead of the seed in the config. */
  seed?: number;
  /** Takes nothing of earlier runs. */
  fresh?: boolean;
  /** Bounds instead of those in the config. */
  budget?: BudgetConfig;
}

/** A run that has come to its end, or to that of its budget. */
export interface FinishedRun {
  runId: string;
  store: Store;
  stopped?: BudgetStop;
}

/** Someone who follows a run. */
export interface RunWatcher {
  onEvent(event: RunEvent): void;
  close(): void | Promise<void>;
}

/**
 * Runs the whole recipe of a config file on this machine; the same call resumes. `watch` hears which run it is and what memory it may
 * lack before it begins, and gives what follows it. Sets `RISE_STORE` and `AWS_REGION` of this process. Errors say how to go on.
 */
export async function runRecipe(
  configPath: string,
  { store: uri, runId, seed, fresh, budget = {} }: RecipeOptions,
  signal: AbortSignal,
  watch: (run: PreparedRun, memoryWarnings: readonly string[]) => Promise<RunWatcher>,
): Promise<FinishedRun> {
  const config = await readRunConfig(configPath);
  if (seed !== undefined) config.seed = seed;
  config.budget = overlayBudget(config.budget, budget);
  // The SDK does not know this name of the region, which the AWS CLI takes; the jobs inherit it.
  if (process.env.AWS_DEFAULT_REGION) process.env.AWS_REGION ??= process.env.AWS_DEFAULT_REGION;
  const store = openStore(uri);
  const prepared = await prepareRun(store, config, dirname(configPath), runId);
  if (fresh) await startFresh(store, prepared.input.runId);
  await checkSpace(store, prepared.input.runId, prepared.config);
  await probeExpert(store, prepared.config);
  const context = await openTracking(store, prepared.input.runId, prepared.config);
  const unlock = await lockRun(store, prepared.input.runId);
  // The Lambda stages run in this process and read their environment as they do on AWS.
  process.env.RISE_STORE = store.uri;
  const watcher = await watch(prepared, await findMemoryWarnings(store, prepared.config));
  const tracking = followRun(context, context.trackers, (message) => watcher.onEvent({ kind: 'warning', message }));
  let failure: Failure | undefined;
  const onEvent = (event: RunEvent) => {
    // The first cause is the one to tell, should recording it fail as well.
    if (event.kind === 'state-failed' && event.state !== 'RecordFailure') failure = event;
    watcher.onEvent(event);
    tellTrackers(tracking, event);
  };
  try {
    const output = await runLocally({ store, onEvent, signal }, prepared.input, prepared.config);
    const { success, data } = BudgetStop.safeParse(output);
    return { runId: prepared.input.runId, store, ...(success && { stopped: data }) };
  } catch (error) {
    throw explain(error as Error, failure);
  } finally {
    await tracking.end();
    await watcher.close();
    await unlock();
  }
}

function tellTrackers(tracking: TrackingFollower, event: RunEvent): void {
  if (event.kind === 'job-progress') tracking.onProgress(event.progress);
  if (event.kind === 'job-finished' || (event.kind === 'state-exited' && event.state === 'Report'))
    tracking.onFinished();
}

type Failure = RunEvent & { kind: 'state-failed' };

/** Says what comes next. An error that is no `RiseError` is a fault of ours: it stays as it is, with its stack. */
function explain(error: Error, failure: Failure | undefined): Error {
  if (error instanceof InterruptedError) {
    return new InterruptedError('Stopped. What is done is kept: run the same command again to resume.', {
      cause: error,
    });
  }
  // The machine itself ends under a name that says no more than that it failed.
  const told = failure?.error ?? error;
  if (!(told instanceof RiseError)) return told;
  told.message = `${failure ? `${failure.state}: ` : ''}${told.message}\nWhat is done before this is kept: once the cause is gone, run the same command again to resume.`;
  return told;
}
