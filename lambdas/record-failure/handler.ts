import { FailureInput } from '../../src/schema/stage-contracts.ts';
import { runRecordFailure } from '../../src/stages/record-failure/run-record-failure.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runRecordFailure(stageDeps(), FailureInput.parse(event));
