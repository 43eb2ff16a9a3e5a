import { FailureInput } from '../../src/schema/stage-contracts.ts';
import { recordFailure } from '../../src/stages/reporting/record-failure.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => recordFailure(stageDeps(), FailureInput.parse(event));
