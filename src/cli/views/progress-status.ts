import type { JobIdentity, RunEvent } from '../../local/local-home.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { Progress } from '../../schema/progress.ts';
import type { JobName } from '../../schema/stages.ts';

/** A run's status, as far as its events tell. */
export interface RunStatus {
  state: string;
  /** The RL iteration, from 1; undefined outside of them. */
  iteration?: number;
  iterations: number;
  progress?: Progress;
  /** Which child of an array job, if it is one. */
  part?: { job: JobName; index: number; count: number };
  /** The last state whose end has been told already, by its jobs or by its failure. */
  endedState?: string;
  /** Means over the last trained iteration. */
  reward?: number;
  accuracy?: number;
}

export function startStatus(config: RunConfig): RunStatus {
  return { state: 'starting', iterations: config.rl.iterations };
}

/** The status after an event. */
export function followStatus(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.kind) {
    case 'state-entered':
      return enterState(status, event);
    case 'job-started':
    case 'job-progress': {
      const progress = event.kind === 'job-progress' ? event.progress : undefined;
      return { ...status, ...iterationOf(event), state: event.state, part: partOf(event), progress };
    }
    case 'job-finished': {
      const finished = { ...status, ...iterationOf(event), endedState: event.state };
      if (event.job !== 'train-rl') return finished;
      const { rewardMean, accuracyMean } = event.summary as { rewardMean?: number; accuracyMean?: number };
      return { ...finished, reward: rewardMean, accuracy: accuracyMean };
    }
    case 'state-failed':
      return { ...status, endedState: event.state };
    default:
      return status;
  }
}

/** A pipelined run works on two iterations at once: the job knows its own. */
function iterationOf({ iteration }: JobIdentity): Pick<RunStatus, 'iteration'> {
  return iteration === undefined ? {} : { iteration: iteration + 1 };
}

export function partOf({ job, arrayIndex, arraySize }: JobIdentity): RunStatus['part'] {
  return arraySize > 1 ? { job, index: arrayIndex, count: arraySize } : undefined;
}

function enterState(status: RunStatus, { state, type }: { state: string; type: string }): RunStatus {
  if (type === 'Choice') return status;
  const entered = { ...status, state, progress: undefined, part: undefined };
  if (state === 'Plan') return { ...entered, iteration: (status.iteration ?? 0) + 1 };
  if (state === 'PlanDiagnosis') return { ...entered, iteration: undefined };
  return entered;
}
