import { z } from 'zod';
import { sftResumePrefix } from '../schema/keys.ts';
import type { Progress } from '../schema/progress.ts';
import type { StepMetrics } from '../stages/step-metrics.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { ActiveTracker } from './index.ts';
import type { Observation } from './observation.ts';
import { listPieces, SFT } from './observations/list-pieces.ts';
import { observeSftStep, readSteps } from './observations/read-steps.ts';
import type { TrackerContext } from './tracker.ts';

/**
 * `runs/<runId>/tracked/<tracker>-<options>.json`: what a tracker has been told of a run.
 * @example { taken: { config: 1, 'rl-000000': 17, sft: 240 }, finished: ['config', 'rl-000000', 'sft'] }
 */
export const Tracked = z.object({
  taken: z.record(z.string(), z.int().nonnegative()).describe('observations, by piece'),
  finished: z.array(z.string()).describe('pieces of which there are no more'),
});
export type Tracked = z.infer<typeof Tracked>;

/** What a look at a run has told its tracker. */
export interface TrackedMore {
  pieces: number;
  observations: number;
}

/** Tells a tracker of all finished work of a run that it has not heard of. Once it has, to do it again does nothing. */
export async function trackFinished(context: TrackerContext, tracker: ActiveTracker): Promise<TrackedMore> {
  const { store, runId, config } = context;
  const tracked = await readTracked(context, tracker);
  const more = { pieces: 0, observations: 0 };
  for (const { name, observe } of await listPieces(store, runId, config)) {
    if (tracked.finished.includes(name)) continue;
    const all = await observe(Date.now() / 1000);
    more.observations += await take(tracker, tracked, { name, all, from: 0 });
    more.pieces += 1;
    tracked.finished.push(name);
    await writeTracked(context, tracker, tracked);
  }
  return more;
}

/**
 * Tells a tracker of optimizer steps of SFT as they are taken: those before the first that it has not heard of are read from the
 * job's own checkpoint. Steps that were taken again, after a stop without a checkpoint, have been told.
 *
 * @param first how many steps are behind the first of these
 */
export async function trackSftSteps(
  context: TrackerContext,
  tracker: ActiveTracker,
  first: number,
  steps: readonly StepMetrics[],
): Promise<void> {
  const tracked = await readTracked(context, tracker);
  if (tracked.finished.includes(SFT)) return;
  const known = tracked.taken[SFT] ?? 0;
  const earlier = known < first ? (await readKeptSteps(context)).slice(known, first) : [];
  // A step that nothing tells of is told when SFT is done, and those after it.
  if (known + earlier.length < first) return;
  const from = first - earlier.length;
  const all = [...earlier, ...steps].map((step, at) => observeSftStep(step, from + at, Date.now() / 1000));
  if ((await take(tracker, tracked, { name: SFT, all, from })) > 0) await writeTracked(context, tracker, tracked);
}

/** The step that a line of progress tells of, from 1; undefined where it tells of none. */
export function sftStepOf({ stage, metrics }: Progress): { number: number; metrics: StepMetrics } | undefined {
  if (stage !== 'train-sft' || metrics === undefined) return undefined;
  const { 'train/updatesApplied': applied, 'train/skippedSteps': skipped } = metrics;
  return applied === undefined ? undefined : { number: applied + (skipped ?? 0), metrics };
}

/** Gives how many observations were new to the tracker. */
async function take(
  tracker: ActiveTracker,
  tracked: Tracked,
  { name, all, from }: { name: string; all: readonly Observation[]; from: number },
): Promise<number> {
  const known = tracked.taken[name] ?? 0;
  const observations = all.slice(Math.max(0, known - from));
  if (observations.length === 0) return 0;
  await tracker.take({ name, from: known, observations });
  tracked.taken[name] = known + observations.length;
  return observations.length;
}

/** The steps of SFT that its checkpoint, if there is one, has behind it. */
async function readKeptSteps({ store, runId }: TrackerContext): Promise<StepMetrics[]> {
  const kept = (await store.list(sftResumePrefix(runId))).filter((key) => key.endsWith('/metrics.jsonl')).at(-1);
  return kept === undefined ? [] : readSteps(store, kept.slice(0, -'metrics.jsonl'.length));
}

const readTracked = async ({ store }: TrackerContext, { trackedKey }: ActiveTracker): Promise<Tracked> =>
  (await readJsonIfPresent(store, trackedKey, Tracked)) ?? { taken: {}, finished: [] };

const writeTracked = ({ store }: TrackerContext, { trackedKey }: ActiveTracker, tracked: Tracked) =>
  store.write(trackedKey, `${JSON.stringify(tracked)}\n`);
