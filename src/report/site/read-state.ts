import { BudgetCheck } from '../../schema/budget.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { budgetCheckKey, checkpointPrefix, failureKey, manifestKey, summaryKey } from '../../schema/keys.ts';
import { FailureRecord } from '../../schema/stage-inputs.ts';
import { readJsonIfPresent } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { RunState } from './report-data.ts';

/** How far a run is, by what it has written. */
export async function readState(store: Store, runId: string, config: RunConfig): Promise<RunState> {
  if (await store.exists(summaryKey(runId))) return { kind: 'finished' };
  const check = await readJsonIfPresent(store, budgetCheckKey(runId), BudgetCheck);
  if (check?.outcome === 'stopped') {
    return { kind: 'stopped', because: `its budget had no room for ${check.next}` };
  }
  const failure = await readJsonIfPresent(store, failureKey(runId), FailureRecord);
  if (failure) return { kind: 'failed', because: `${failure.error}: ${failure.cause}` };
  return { kind: 'unfinished', because: await describeProgress(store, runId, config) };
}

async function describeProgress(store: Store, runId: string, { rl }: RunConfig): Promise<string> {
  const trained = await Promise.all(
    Array.from({ length: rl.iterations }, (_, index) => store.exists(manifestKey(checkpointPrefix(runId, index)))),
  );
  return `${trained.filter(Boolean).length} of ${rl.iterations} iterations of RL are done`;
}
