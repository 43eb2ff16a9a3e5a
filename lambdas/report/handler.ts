import { runReport } from '../../src/stages/report/run-report.ts';
import { logSummary } from '../log-summary.ts';
import { pricesOf } from '../prices.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('report', async (deps, input) => {
  const summary = await runReport({ ...deps, prices: pricesOf(process.env.RISE_HOUR_USD) }, input);
  logSummary(summary);
  return summary;
});
