/** What the live page is given: written by Node, read by the browser, so that it is types alone. */

import type { CurveSection } from '../report/site/report-data.ts';
import type { LiveRun } from '../schema/live-run.ts';

/** How a run is. `silent`: its last word is that it runs, and is old. */
export type RunCondition = LiveRun['status'] | 'silent' | 'unknown';

/** A run in the list. */
export interface RunListing {
  runId: string;
  condition: RunCondition;
  startedAt?: string;
  /** What it does now. */
  state?: string;
  /** Shares, of what its summary has. */
  accuracy?: { base?: number; rl?: number; rise?: number };
}

/** All runs of a place. */
export interface RunList {
  place: string;
  runs: RunListing[];
}

/** A run as it is now. */
export interface LiveUpdate {
  runId: string;
  condition: RunCondition;
  /** Why it failed or stopped, in words. */
  because?: string;
  /** Absent where nobody tells: a run of the code before. */
  live?: LiveRun;
  curves: CurveSection[];
  /** Where the jobs are to be seen besides. */
  links: { label: string; address: string }[];
  /** A report can be written. */
  hasReport: boolean;
}
