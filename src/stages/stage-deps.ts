import type { ConfigPart } from '../schema/config/config-part.ts';
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

/** What of the config opening a policy takes. */
export type PolicyConfig = ConfigPart<'seed' | 'policy' | 'compute.engine' | 'compute.precision'>;

/** What of it sampling takes besides. */
export type SamplerConfig = PolicyConfig & ConfigPart<'compute.decodeBatchSequences'>;

/** The run that a stage belongs to, and where it reads. */
export interface StageScope<Config = PolicyConfig> {
  runId: string;
  config: Config;
  /** Gives what earlier stages made only as they left it. */
  store: Store;
}
