import { ExecutionInput } from '../../src/schema/stage-contracts.ts';
import { runReport } from '../../src/stages/reporting/run-report.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runReport(stageDeps(), ExecutionInput.parse(event));
