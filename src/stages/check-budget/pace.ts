import type { JobAttempt } from '../../schema/budget.ts';
import type { JobName } from '../../schema/stages.ts';

/** How long the run's own jobs took, all attempts counted that had work to do; undefined where none of a kind is done. */
export interface Pace {
  /** Seconds of a completion, sampled in rollouts or in evaluation. */
  completion?: number;
  /** Of a sequence that is learned from. */
  sequence?: number;
  /** Of training in an iteration of RL. */
  training?: number;
}

export function paceOf(attempts: readonly JobAttempt[]): Pace {
  const of = (...jobs: JobName[]) => attempts.filter(({ stage, found }) => !found && jobs.includes(stage));
  const rl = of('train-rl');
  const sft = of('train-sft');
  return {
    completion: ratio(of('rollout', 'evaluate-iteration', 'evaluate'), ({ items }) => items),
    sequence: ratio(sft, ({ items }) => items) ?? ratio(rl, ({ items }) => items),
    training: ratio(rl, ({ items }) => Number(items > 0)),
  };
}

function ratio(attempts: readonly JobAttempt[], unitsOf: (attempt: JobAttempt) => number): number | undefined {
  const units = attempts.reduce((sum, attempt) => sum + unitsOf(attempt), 0);
  return units === 0 ? undefined : attempts.reduce((sum, { seconds }) => sum + seconds, 0) / units;
}
