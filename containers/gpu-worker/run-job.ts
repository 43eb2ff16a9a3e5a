import { z } from 'zod';
import { InterruptedError, InvalidInputError, RiseError } from '../../src/schema/errors.ts';
import { EXIT_CODES, JOB_ATTEMPTS } from '../../src/schema/job-attempts.ts';
import type { Progress, ReportProgress } from '../../src/schema/progress.ts';
import { ExecutionInput } from '../../src/schema/stage-inputs.ts';
import { JOB_NAMES, type JobName, type StageInput, stageOf } from '../../src/schema/stages.ts';
import type { JobDeps } from '../../src/stages/job-deps.ts';
import { JOBS } from '../../src/stages/jobs.ts';
import { noteAttempt } from '../../src/stages/note-attempt.ts';
import { openCheckpoints } from '../../src/stages/resume.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readConfig } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { createToldStore } from '../../src/store/told-store.ts';
import { reportTransfers } from './report-transfers.ts';
import { startWatchdog } from './watchdog.ts';

const Environment = z.object({
  RISE_STORE: z.string().min(1),
  RISE_INPUT: z.string().min(1).optional(),
  AWS_BATCH_JOB_ATTEMPT: z.coerce.number().int().positive().default(1),
  AWS_BATCH_JOB_ARRAY_INDEX: z.coerce.number().int().nonnegative().default(0),
});

/** Loads what every job needs, TensorFlow above all: a worker that waits for its first job does it ahead. */
export async function prepare(): Promise<void> {
  const [{ loadBackend }] = await Promise.all([
    import('../../src/engine/runtime/backend.ts'),
    import('../../src/stages/open-policy.ts'),
    ...Object.values(JOBS).map((load) => load()),
  ]);
  loadBackend();
}

/**
 * Runs one job and gives its exit code; what went wrong is on standard error.
 *
 * @param command the job's name and, where `RISE_INPUT` is not set, its input
 * @param signal aborted when the job is to stop and leave what it can go on from
 */
export async function runJob(
  [command, argument]: readonly string[],
  variables: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<number> {
  return exitCodeAfter(async () => {
    const environment = parse(Environment, variables, 'the environment');
    const name = parseJobName(command);
    const attempt = environment.AWS_BATCH_JOB_ATTEMPT;
    console.log(`${name}: attempt ${attempt} of ${JOB_ATTEMPTS}`);
    const input = parseJson(environment.RISE_INPUT ?? argument);
    const store = openStore(environment.RISE_STORE);
    const { report, onTransfer } = reportTransfers(await createReport(store, input));
    const { createPolicyOpener } = await import('../../src/stages/open-policy.ts');
    const doors = { openPolicy: createPolicyOpener(report), openCheckpoints };
    const deps: JobDeps = { store: createToldStore(store, onTransfer), report, signal, attempt, ...doors };
    await runStage(name, deps, input, environment.AWS_BATCH_JOB_ARRAY_INDEX);
  });
}

/** The exit code that tells how some work ended; an error is printed. */
export async function exitCodeAfter(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return EXIT_CODES.done;
  } catch (error) {
    console.error(error instanceof RiseError ? `${error.name}: ${error.message}` : error);
    return exitCodeOf(error);
  }
}

async function runStage<N extends JobName>(name: N, deps: JobDeps, input: unknown, index: number): Promise<void> {
  const run = await JOBS[name]();
  const parsed = parse(stageOf(name).input, input, 'RISE_INPUT') as StageInput<N>;
  await noteAttempt(deps.store, { job: name, input: parsed, index }, () => run(deps, parsed, index));
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

function parseJson(text: string | undefined): unknown {
  if (text === undefined)
    throw new InvalidInputError('the job has no input; set RISE_INPUT, or give it after its name');
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
