import type { Engine, OptimizerState } from '../engine/open-engine.ts';
import type { ConfigPart } from '../schema/config/config-part.ts';
import type { ExpertPolicy } from '../schema/config/expert-policy.ts';
import type { Trained } from './checkpoint.ts';
import type { StageScope, StoppableDeps } from './stage-deps.ts';
import type { StepMetrics } from './step-metrics.ts';

/** What a stage on a GPU worker is given. */
export interface JobDeps extends StoppableDeps {
  /** 1 at first; Batch begins a job again, `JOB_ATTEMPTS` times at most, when its machine is taken away. */
  attempt: number;
  openPolicy: OpenPolicy;
  openCheckpoints: OpenCheckpoints;
}

/**
 * The door to the engine: opens it on the run's policy that lies in a folder, or on another model. Whoever opens it disposes of
 * it.
 */
export type OpenPolicy = (scope: StageScope, policy: string | OtherModel) => Promise<Engine>;

/** A model that is none of the run's policies: folders of the store. */
export type OtherModel = Pick<ExpertPolicy, 'model' | 'adapter'>;

/** The door to what a training job keeps while it is not done. */
export type OpenCheckpoints = (job: TrainingJob) => JobCheckpoints;

export interface TrainingJob extends StageScope<ConfigPart<'seed' | 'compute.checkpointSeconds'>> {
  /** Folders that are kept while it is not done, its own first. */
  keeps: readonly string[];
}

/** The checkpoints of a training job: where an attempt begins, and what it leaves to the next. */
export interface JobCheckpoints {
  /**
   * The last whole checkpoint of a job that did not come to its end, its files as they were written, or the policy that the
   * job is to train. Throws `CorruptRecordError` that names a file which was changed.
   *
   * @param findState gives the folder of the state that goes on with that policy; without it the optimizer begins anew
   */
  findStart(policy: string, findState?: () => Promise<string>): Promise<TrainingStart>;
  /**
   * Gives what to call before each optimizer step, with the metrics of the steps taken: it writes a checkpoint when one is
   * due, and throws `InterruptedError` behind one when the worker is asked to stop. All but the latest are deleted, when an
   * update has followed it: until then its numbers may be of no use.
   */
  createStepGate(
    deps: Pick<JobDeps, 'signal' | 'attempt'>,
    trained: Trained,
  ): (metrics: readonly StepMetrics[]) => Promise<void>;
  /**
   * The folder of the last checkpoint that an update has followed, or of the policy that the job is to train; a later one is
   * deleted, since it may hold what made all steps after it fail.
   */
  keepLastGood(policy: string, taken: readonly StepMetrics[]): Promise<string>;
}

/** Where an attempt of a training job begins. */
export interface TrainingStart {
  /** Folder of the policy. */
  folder: string;
  /** Of its optimizer; absent where that begins anew. */
  state?: OptimizerState;
  /** Of the job's own steps, in order: their number is, with the run's seed, how far the shuffled order has come. */
  taken: StepMetrics[];
}
