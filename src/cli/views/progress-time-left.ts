import type { JobIdentity, RunEvent } from '../../local/local-home.ts';
import { measuringBenchmark } from '../../schema/config/evaluation.ts';
import { expertPolicyOf } from '../../schema/config/expert-policy.ts';
import type { PromptSource } from '../../schema/config/prompt-source.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { measureSft } from '../../schema/config/sft.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import { measuredIterations } from '../../schema/measured-iterations.ts';
import { JOB_NAMES, type JobName } from '../../schema/stages.ts';

/** Work and time of one kind of job: work is counted in sequences sampled or trained on. */
interface Tally {
  expected: number;
  done: number;
  timed: number;
  seconds: number;
}

/** A job under way. */
interface RunningJob {
  job: JobName;
  units: number;
  startedAt: number;
  fraction: number;
}

/** A follower of a run's events, which says how long the rest will take at the speed seen so far. */
export interface TimeLeft {
  update(event: RunEvent, now: number): void;
  /** Seconds left; undefined until some job has shown its speed, or where the amount of work is not known. */
  estimate(now: number): number | undefined;
}

/**
 * Rest of each kind of job times its own seconds per sequence; a kind not seen yet is taken to be as fast as the
 * others are on average. Lambda stages are not counted: they take seconds. Of jobs that run at once each is counted in full.
 */
export function createTimeLeft(config: RunConfig): TimeLeft {
  const work = expectedWork(config);
  const tallies = new Map(JOB_NAMES.map((job) => [job, { expected: work[job], done: 0, timed: 0, seconds: 0 }]));
  const running = new Map<string, RunningJob>();
  const nameOf = ({ state, arrayIndex }: JobIdentity) => `${state} ${arrayIndex}`;

  return {
    update(event, now) {
      switch (event.kind) {
        case 'job-started':
          running.set(nameOf(event), { job: event.job, units: unitsOf(event, config), startedAt: now, fraction: 0 });
          break;
        case 'job-progress': {
          const job = running.get(nameOf(event));
          if (job) job.fraction = event.progress.total > 0 ? event.progress.done / event.progress.total : 0;
          break;
        }
        case 'job-finished': {
          running.delete(nameOf(event));
          const tally = tallies.get(event.job)!;
          const units = unitsOf(event, config);
          tally.done += units;
          if (event.wasDone || event.takenFrom !== undefined) break;
          tally.timed += units;
          tally.seconds += event.seconds;
        }
      }
    },

    estimate(now) {
      const seen = [...tallies].map(([name, tally]) =>
        [...running.values()].filter(({ job }) => job === name).reduce((sum, job) => withRunning(sum, job, now), tally),
      );
      const timed = seen.reduce((sum, tally) => sum + tally.timed, 0);
      if (timed === 0 || seen.some((tally) => Number.isNaN(tally.expected))) return undefined;
      const meanRate = seen.reduce((sum, tally) => sum + tally.seconds, 0) / timed;
      return seen.reduce((sum, tally) => {
        const rate = tally.timed > 0 ? tally.seconds / tally.timed : meanRate;
        return sum + Math.max(0, tally.expected - tally.done) * rate;
      }, 0);
    },
  };
}

function withRunning(tally: Tally, job: RunningJob, now: number): Tally {
  const units = job.units * job.fraction;
  if (units === 0) return tally;
  return {
    expected: tally.expected,
    done: tally.done + units,
    timed: tally.timed + units,
    seconds: tally.seconds + (now - job.startedAt) / 1000,
  };
}

/** How many SFT examples there will be, and prompts for the expert, is known late; each diagnosed prompt is the guess. */
function expectedWork(config: RunConfig): Record<JobName, number> {
  const { iterations, promptsPerIteration, groupSize } = config.rl;
  return {
    rollout: iterations * promptsPerIteration * groupSize + diagnosed(config) * config.diagnosis.trajectoriesPerPrompt,
    'train-rl': iterations * promptsPerIteration * groupSize,
    'train-sft': measureSft(config.sft, diagnosed(config)).sequences,
    'sample-expert': diagnosed(config) * (expertPolicyOf(config.expert)?.answers ?? 0),
    'evaluate-iteration': measuredIterations(config).length * countMeasuringPrompts(config),
    evaluate: EVALUATED_POLICIES.length * countBenchmarkPrompts(config),
  };
}

function unitsOf({ state, job, arraySize }: JobIdentity, config: RunConfig): number {
  const work = expectedWork(config);
  const { iterations, promptsPerIteration, groupSize } = config.rl;
  switch (job) {
    case 'rollout': {
      const ofIteration = promptsPerIteration * groupSize;
      return (state.includes('Diagnosis') ? work.rollout - iterations * ofIteration : ofIteration) / arraySize;
    }
    case 'train-rl':
      return promptsPerIteration * groupSize;
    case 'evaluate-iteration':
      return countMeasuringPrompts(config);
    case 'train-sft':
    case 'sample-expert':
    case 'evaluate':
      return work[job] / arraySize;
  }
}

const diagnosed = (config: RunConfig) => config.diagnosis.prompts ?? countPrompts(config.data.train);

const countBenchmarkPrompts = ({ data, evaluation }: RunConfig) =>
  Object.values(evaluation.benchmarks).reduce((sum, { source }) => sum + countPrompts(source ?? data.evaluation), 0);

const countMeasuringPrompts = ({ data, evaluation }: RunConfig) => {
  const { source } = evaluation.benchmarks[measuringBenchmark(evaluation)];
  return countPrompts(evaluation.duringRl?.source ?? source ?? data.evaluation);
};

/** NaN where only the dataset knows. */
function countPrompts(source: PromptSource): number {
  if (source.kind === 'dataset') return source.limit ?? Number.NaN;
  return Object.values(source.tiers).reduce((sum, count) => sum + count, 0);
}
