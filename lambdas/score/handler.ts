import { runScore } from '../../src/stages/score/run-score.ts';
import { logSummary } from '../log-summary.ts';
import { stageHandler } from '../stage-handler.ts';
import { timeLeftSignal } from '../time-left-signal.ts';

const environment = (name: string) => process.env[name];

export const handler = stageHandler('score', async (deps, item, context) => {
  const summary = await runScore({ ...deps, signal: timeLeftSignal(context), environment }, item);
  logSummary({ runId: item.runId, rollout: item.rollout, ...summary });
  return summary;
});
