import { countRoutes, type RouteCounts } from '../schema/route.ts';
import { TrajectoryScore } from '../schema/trajectory.ts';
import { routeGroup } from '../stages/route/route-group.ts';
import { createLocalStore } from '../store/local-store.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/** Routes every prompt with scored responses, in their order; gives how many took which route. */
export async function routePrompts({ scores: folder, out }: { scores: string; out: string }): Promise<RouteCounts> {
  const scores = await readRecords(createLocalStore(folder), RECORDED_FILES.scores, TrajectoryScore);
  const groups = Map.groupBy(scores, ({ promptId }) => promptId);
  const routes = [...groups].map(([promptId, group]) => routeGroup(promptId, group));
  await createLocalStore(out).write(RECORDED_FILES.routes, encodeRecords(routes));
  return countRoutes(routes);
}
