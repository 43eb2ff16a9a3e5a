import { failureKey } from '../../schema/keys.ts';
import type { FailureInput, FailureRecord } from '../../schema/stage-inputs.ts';
import type { StageDeps } from '../stage-deps.ts';

/** Writes down why an execution failed, over an earlier failure of the same run. */
export async function runRecordFailure(
  { store }: Pick<StageDeps, 'store'>,
  input: FailureInput,
): Promise<FailureRecord> {
  const record: FailureRecord = { ...input, failedAt: new Date().toISOString() };
  await store.write(failureKey(input.runId), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}
