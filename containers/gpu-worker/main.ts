/**
 * What every Batch job runs: `main.ts <rollout | train-grpo | train-sft | evaluate>`.
 * Environment: `RISE_STORE` (where records live), `RISE_INPUT` (the job's contract as JSON, see
 * src/schema/stage-contracts.ts) and, in array jobs, `AWS_BATCH_JOB_ARRAY_INDEX`.
 * Progress goes to standard output, one line `@progress {json}` each.
 * Exit codes: 0 done (or done before), 1 failed, 2 wrong input, 143 stopped by a signal; rerunning resumes.
 */
import { z } from 'zod';
import { InterruptedError, InvalidInputError } from '../../src/schema/errors.ts';
import {
  EvaluateJob,
  JOB_NAMES,
  type JobName,
  type Progress,
  RolloutJob,
  TrainGrpoJob,
  TrainSftJob,
} from '../../src/schema/stage-contracts.ts';
import type { JobDeps } from '../../src/stages/stage-deps.ts';
import { openStore } from '../../src/store/open-store.ts';

const Environment = z.object({
  RISE_STORE: z.string().min(1),
  RISE_INPUT: z.string().min(1),
  AWS_BATCH_JOB_ARRAY_INDEX: z.coerce.number().int().nonnegative().default(0),
});

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());

try {
  const environment = parse(Environment, process.env, 'the environment');
  const deps: JobDeps = { store: openStore(environment.RISE_STORE), report: printProgress, signal: stop.signal };
  await runJob(parseJobName(process.argv[2]), deps, environment.RISE_INPUT, environment.AWS_BATCH_JOB_ARRAY_INDEX);
} catch (error) {
  console.error(
    error instanceof InvalidInputError || error instanceof InterruptedError ? `${error.name}: ${error.message}` : error,
  );
  process.exitCode = exitCodeOf(error);
}

async function runJob(name: JobName, deps: JobDeps, inputJson: string, index: number): Promise<void> {
  const input: unknown = JSON.parse(inputJson);
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
  throw new InvalidInputError(`no job is named '${value}'; the first argument is one of ${JOB_NAMES.join(', ')}`);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`${place} is not what the job takes:\n${z.prettifyError(parsed.error)}`);
}

function printProgress(progress: Progress): void {
  process.stdout.write(`@progress ${JSON.stringify(progress)}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return 143;
  return error instanceof InvalidInputError ? 2 : 1;
}
