import type { LiveRun } from '../schema/live-run.ts';
import type { Store } from '../store/store.ts';
import type { LiveUpdate, RunListing } from './live-data.ts';

/** A place where runs are, on a store that this machine runs on or on AWS. */
export interface LiveSource {
  /** As people name it. */
  place: string;
  store: Store;
  /** The latest first. */
  listRuns(): Promise<RunListing[]>;
  /** How a run goes; undefined where nobody tells. Throws `InvalidInputError` on an unknown run. */
  observe(runId: string): Promise<ObservedLive>;
}

export interface ObservedLive extends Pick<LiveUpdate, 'condition' | 'because' | 'links'> {
  live?: LiveRun;
}
