import { routePrompts } from '../../routing/route-group.ts';
import { planPromptsKey, recordsKey, scoresPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { countRoutes, type RouteCounts } from '../../schema/route.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { TrajectoryScore } from '../../schema/trajectory.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import { beginStage } from '../begin-stage.ts';
import type { StageDeps } from '../stage-deps.ts';

/** Routes every prompt of a diagnosis shard, in the order of its plan. */
export async function runRoute(deps: StageDeps, input: ShardItem): Promise<RouteCounts> {
  const work = await beginStage<RouteCounts>(deps.store, { stage: 'route', input });
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix } = work;
  const { runId, rollout, shard } = input;
  const prompts = await readRecords(store, planPromptsKey(runId, rollout, shard), Prompt);
  const scores = await readRecords(store, recordsKey(scoresPrefix(runId, rollout, shard)), TrajectoryScore);
  const routes = routePrompts(prompts, scores, config.diagnosis);
  await work.writePart(recordsKey(prefix), encodeRecords(routes), routes.length);
  return work.finish(countRoutes(routes));
}
