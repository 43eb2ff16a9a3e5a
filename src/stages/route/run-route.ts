import { planPromptsKey, recordsKey, scoresPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { countRoutes, type RouteCounts } from '../../schema/route.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { TrajectoryScore } from '../../schema/trajectory.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import { completeStage } from '../complete-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { routeGroup } from './route-group.ts';

/** Routes every prompt of a diagnosis shard, in the order of its plan. */
export async function runRoute({ store }: StageDeps, input: ShardItem): Promise<RouteCounts> {
  const { runId, rollout, shard } = input;
  const config = await readConfig(store, input.configKey);
  return completeStage(store, { stage: 'route', input, config }, async (writePart, prefix, store) => {
    const prompts = await readRecords(store, planPromptsKey(runId, rollout, shard), Prompt);
    const scores = await readRecords(store, recordsKey(scoresPrefix(runId, rollout, shard)), TrajectoryScore);
    const groups = Map.groupBy(scores, ({ promptId }) => promptId);
    const routes = prompts.map(({ promptId }) => routeGroup(promptId, groups.get(promptId)!));
    await writePart(recordsKey(prefix), encodeRecords(routes), routes.length);
    return countRoutes(routes);
  });
}
