import type { ReportProgress } from '../schema/progress.ts';
import type { Store } from '../store/store.ts';

/** What every stage is given besides its input. */
export interface StageDeps {
  store: Store;
  report: ReportProgress;
}

/** What a stage that takes long is given. */
export interface StoppableDeps extends StageDeps {
  /** Aborted when the stage is asked to stop: leave nothing half-written and throw `InterruptedError`. */
  signal: AbortSignal;
}

/** What a stage on a GPU worker is given. */
export interface JobDeps extends StoppableDeps {
  /** 1 at first; Batch begins a job again, `JOB_ATTEMPTS` times at most, when its machine is taken away. */
  attempt: number;
}
