import { join } from 'node:path';
import { TrajectoryScore } from '../schema/trajectory.ts';
import { routeGroup } from '../stages/route/route-group.ts';
import { createLocalStore } from '../store/local-store.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import { RECORDED_FILES } from './recorded-files.ts';

/** Routes every prompt with scored responses, in their order; prints how many took which route. */
export async function routePrompts({ scores: folder, out = folder }: { scores: string; out?: string }): Promise<void> {
  const scores = await readRecords(createLocalStore(folder), RECORDED_FILES.scores, TrajectoryScore);
  const groups = Map.groupBy(scores, ({ promptId }) => promptId);
  const routes = [...groups].map(([promptId, group]) => routeGroup(promptId, group));
  await createLocalStore(out).write(RECORDED_FILES.routes, encodeRecords(routes));
  for (const kind of ['mastered', 'self-distill', 'expert'] as const) {
    console.log(`${kind.padEnd(12)} ${routes.filter((route) => route.kind === kind).length}`);
  }
  console.log(`\nroutes: ${join(out, RECORDED_FILES.routes)}`);
}
