import { hashJson } from '../base/hash.ts';
import { resolveChoice } from '../schema/config/choice.ts';
import type { TrackersConfig } from '../schema/config/trackers.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { trackedKey } from '../schema/keys.ts';
import { mlflow } from './mlflow.ts';
import { tensorboard } from './tensorboard.ts';
import type { OpenTracker, Tracker, TrackerContext } from './tracker.ts';

/** Trackers that a run config chooses from. */
const BUILT_IN_TRACKERS: readonly Tracker[] = [tensorboard, mlflow];

/** A tracker of a run, and where the store keeps what it has been told. */
export interface ActiveTracker extends OpenTracker {
  name: string;
  trackedKey: string;
}

/** Preflight of a run's trackers, wherever they are told from: throws `InvalidInputError` on a name or options that cannot be. */
export function checkTrackers(trackers: TrackersConfig): void {
  for (const [at, choice] of trackers.entries()) resolveChoice(`trackers.${at}`, BUILT_IN_TRACKERS, choice);
}

/** The trackers of a run. Throws `InvalidInputError` on an unknown name, on options it does not take, and on one named twice. */
export function createTrackers(trackers: TrackersConfig, context: TrackerContext): ActiveTracker[] {
  const active = trackers.map((choice, at) => {
    const { chosen, options } = resolveChoice(`trackers.${at}`, BUILT_IN_TRACKERS, choice);
    const { name } = chosen;
    const open = chosen.create(options, context);
    return { ...open, name, trackedKey: trackedKey(context.runId, name, hashJson(options).slice(0, 8)) };
  });
  const again = active.find((each, at) => active.findIndex((other) => other.trackedKey === each.trackedKey) < at);
  if (again) throw new InvalidInputError(`trackers has ${again.name} twice with the same options; leave one out`);
  return active;
}
