import type { Progress } from '../schema/progress.ts';
import type { StepMetrics } from '../stages/step-metrics.ts';
import type { ActiveTracker } from './index.ts';
import { sftStepOf, trackFinished, trackSftSteps } from './track-run.ts';
import type { TrackerContext } from './tracker.ts';

/** Someone who tells a run's trackers of it while it goes on. Nothing that a tracker fails at stops the run. */
export interface TrackingFollower {
  /** Work has been finished. */
  onFinished(): void;
  onProgress(progress: Progress): void;
  /** Once all that is known has been told. */
  end(): Promise<void>;
}

/** Seconds between two times that steps are told; of a long job more, so that there are not too many files. */
const LEAST_INTERVAL = 10;
const SHARE_OF_JOB = 0.02;

/** Steps that are still to be told. */
interface Waiting {
  /** How many are behind the first of them. */
  first: number;
  steps: StepMetrics[];
  startedAt: number;
  toldAt: number;
}

/** @param warn told once of each tracker that fails; what it has missed it hears when it works again, or of `rise track` */
export function followRun(
  context: TrackerContext,
  trackers: readonly ActiveTracker[],
  warn: (message: string) => void,
): TrackingFollower {
  const tellAll = createTeller(context, trackers, warn);
  let told = Promise.resolve();
  let isLookWaiting = false;
  let waiting: Waiting | undefined;

  const tellSteps = (now: number) => {
    if (!waiting || waiting.steps.length === 0) return;
    const { first, steps } = waiting;
    waiting = { ...waiting, first: first + steps.length, steps: [], toldAt: now };
    told = told.then(() => tellAll((tracker) => trackSftSteps(context, tracker, first, steps)));
  };
  return {
    onFinished() {
      waiting = undefined;
      // One that waits for its turn sees all that is done by then.
      if (isLookWaiting) return;
      isLookWaiting = true;
      told = told.then(() => {
        isLookWaiting = false;
        return tellAll((tracker) => trackFinished(context, tracker));
      });
    },
    onProgress(progress) {
      const step = sftStepOf(progress);
      if (!step) return;
      const now = Date.now() / 1000;
      const isNext = waiting && step.number === waiting.first + waiting.steps.length + 1;
      if (!isNext) {
        tellSteps(now);
        waiting = { first: step.number - 1, steps: [], startedAt: now, toldAt: now };
      }
      waiting!.steps.push(step.metrics);
      if (now - waiting!.toldAt >= Math.max(LEAST_INTERVAL, SHARE_OF_JOB * (now - waiting!.startedAt))) tellSteps(now);
    },
    async end() {
      tellSteps(Date.now() / 1000);
      await told;
    },
  };
}

/** Tells every tracker in turn; one that fails is warned of, once. */
function createTeller(
  context: TrackerContext,
  trackers: readonly ActiveTracker[],
  warn: (message: string) => void,
): (tell: (tracker: ActiveTracker) => Promise<unknown>) => Promise<void> {
  const failed = new Set<ActiveTracker>();
  return async (tell) => {
    for (const tracker of trackers) {
      try {
        await tell(tracker);
      } catch (error) {
        if (!failed.has(tracker)) warn(describeFailure(context, tracker, error as Error));
        failed.add(tracker);
      }
    }
  };
}

const describeFailure = ({ runId }: TrackerContext, { name }: ActiveTracker, { message }: Error) =>
  `the tracker ${name} was not told of all: ${message}. The run goes on; rise track ${runId} tells it later`;
