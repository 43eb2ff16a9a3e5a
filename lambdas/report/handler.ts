import { ExecutionInput } from '../../src/schema/stage-contracts.ts';
import { runReport } from '../../src/stages/report/run-report.ts';
import { logSummary } from '../log-summary.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => {
  const summary = await runReport(stageDeps(), ExecutionInput.parse(event));
  logSummary(summary);
  return summary;
};
