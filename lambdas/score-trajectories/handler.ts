import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runScoring } from '../../src/stages/scoring/run-scoring.ts';
import { logSummary } from '../log-summary.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => {
  const item = ShardItem.parse(event);
  const summary = await runScoring(stageDeps(), item);
  logSummary({ runId: item.runId, rollout: item.rollout, ...summary });
  return summary;
};
