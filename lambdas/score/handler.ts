import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runScore } from '../../src/stages/score/run-score.ts';
import { logSummary } from '../log-summary.ts';
import { stageDeps } from '../stage-deps.ts';
import { type CallContext, timeLeftSignal } from '../time-left-signal.ts';

export const handler = async (event: unknown, context?: CallContext) => {
  const item = ShardItem.parse(event);
  const environment = (name: string) => process.env[name];
  const summary = await runScore({ ...stageDeps(), signal: timeLeftSignal(context), environment }, item);
  logSummary({ runId: item.runId, rollout: item.rollout, ...summary });
  return summary;
};
