import { runReport } from '../../src/stages/report/run-report.ts';
import { logSummary } from '../log-summary.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('report', async (deps, input) => {
  const summary = await runReport(deps, input);
  logSummary(summary);
  return summary;
});
