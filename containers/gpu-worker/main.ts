/**
 * What every Batch job runs: `main.ts <rollout | train-grpo | train-sft | evaluate>`; `main.ts health` tries, without any
 * environment, whether jobs can run here, and prints what it found as JSON.
 * Environment: `RISE_STORE` (where records live), `RISE_INPUT` (the job's contract as JSON, see
 * src/schema/stage-contracts.ts) and, as Batch sets them, `AWS_BATCH_JOB_ATTEMPT` and, in array jobs,
 * `AWS_BATCH_JOB_ARRAY_INDEX`. Progress goes to standard output, one line `@progress {json}` each.
 *
 * Exit codes (src/schema/job-attempts.ts); whatever the code, running the job again goes on from what is kept:
 *
 *     0    done, or done before
 *     1    failed: the error is on standard error; another attempt at once would fail as well
 *     2    wrong input: a config, an environment or a record that no attempt can use
 *     137  killed from outside: memory ran out, or SIGTERM was not obeyed in time
 *     142  stalled: no progress for `compute.heartbeatSeconds`
 *     143  stopped by SIGTERM or SIGINT, as when a spot instance is reclaimed: training has finished its optimizer step and
 *          written a checkpoint, sampling has kept its finished batches. The one code that Batch tries again.
 */
import { z } from 'zod';
import { InterruptedError, InvalidInputError, RiseError } from '../../src/schema/errors.ts';
import { EXIT_CODES, JOB_ATTEMPTS } from '../../src/schema/job-attempts.ts';
import {
  EvaluateJob,
  ExecutionInput,
  JOB_NAMES,
  type JobName,
  type Progress,
  type ReportProgress,
  RolloutJob,
  TrainGrpoJob,
  TrainSftJob,
} from '../../src/schema/stage-contracts.ts';
import type { JobDeps } from '../../src/stages/stage-deps.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readConfig } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { startWatchdog } from './watchdog.ts';

const Environment = z.object({
  RISE_STORE: z.string().min(1),
  RISE_INPUT: z.string().min(1),
  AWS_BATCH_JOB_ATTEMPT: z.coerce.number().int().positive().default(1),
  AWS_BATCH_JOB_ARRAY_INDEX: z.coerce.number().int().nonnegative().default(0),
});

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());

try {
  if (process.argv[2] === 'health') await printHealth();
  else await runNamedJob();
} catch (error) {
  console.error(error instanceof RiseError ? `${error.name}: ${error.message}` : error);
  process.exitCode = exitCodeOf(error);
}

async function printHealth(): Promise<void> {
  const { examineHealth } = await import('./health.ts');
  console.log(JSON.stringify(examineHealth()));
}

async function runNamedJob(): Promise<void> {
  const environment = parse(Environment, process.env, 'the environment');
  const name = parseJobName(process.argv[2]);
  const attempt = environment.AWS_BATCH_JOB_ATTEMPT;
  console.log(`${name}: attempt ${attempt} of ${JOB_ATTEMPTS}`);
  const input = parseJson(environment.RISE_INPUT);
  const store = openStore(environment.RISE_STORE);
  const deps: JobDeps = { store, report: await createReport(store, input), signal: stop.signal, attempt };
  await runJob(name, deps, input, environment.AWS_BATCH_JOB_ARRAY_INDEX);
}

async function runJob(name: JobName, deps: JobDeps, input: unknown, index: number): Promise<void> {
  switch (name) {
    case 'rollout': {
      const { runRollout } = await import('../../src/stages/rollouts/run-rollout.ts');
      await runRollout(deps, parse(RolloutJob, input, 'RISE_INPUT'), index);
      break;
    }
    case 'train-grpo': {
      const { runTrainGrpo } = await import('../../src/stages/training/train-grpo.ts');
      await runTrainGrpo(deps, parse(TrainGrpoJob, input, 'RISE_INPUT'));
      break;
    }
    case 'train-sft': {
      const { runTrainSft } = await import('../../src/stages/training/train-sft.ts');
      await runTrainSft(deps, parse(TrainSftJob, input, 'RISE_INPUT'));
      break;
    }
    case 'evaluate': {
      const { runEvaluation } = await import('../../src/stages/evaluation/run-evaluation.ts');
      await runEvaluation(deps, parse(EvaluateJob, input, 'RISE_INPUT'), index);
      break;
    }
  }
}

function parseJobName(value: string | undefined): JobName {
  const name = JOB_NAMES.find((known) => known === value);
  if (name) return name;
  throw new InvalidInputError(
    `no job is named '${value}'; the first argument is one of ${[...JOB_NAMES, 'health'].join(', ')}`,
  );
}

function parse<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`${place} is not what the job takes:\n${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`RISE_INPUT is no JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Prints progress; outside the local runner, which watches its jobs itself, silence ends the job. */
async function createReport(store: Store, input: unknown): Promise<ReportProgress> {
  const print = (progress: Progress) => process.stdout.write(`@progress ${JSON.stringify(progress)}\n`);
  if (process.connected) return print;
  const { configKey } = parse(ExecutionInput, input, 'RISE_INPUT');
  const beat = startWatchdog((await readConfig(store, configKey)).compute.heartbeatSeconds);
  return (progress) => {
    beat();
    print(progress);
  };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return EXIT_CODES.interrupted;
  return error instanceof InvalidInputError ? EXIT_CODES.invalidInput : EXIT_CODES.failed;
}
