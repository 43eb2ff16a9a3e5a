import type { Engine } from '../engine/open-engine.ts';
import type { StageScope, StoppableDeps } from './stage-deps.ts';

/** What a stage on a GPU worker is given. */
export interface JobDeps extends StoppableDeps {
  /** 1 at first; Batch begins a job again, `JOB_ATTEMPTS` times at most, when its machine is taken away. */
  attempt: number;
  openPolicy: OpenPolicy;
}

/** The door to the engine: opens it on the policy of a folder. Whoever opens it disposes of it. */
export type OpenPolicy = (scope: StageScope, folder: string) => Promise<Engine>;
