/**
 * What every Batch job runs: `main.ts <rollout | train-rl | train-sft | evaluate>`; `main.ts health` tries, without any
 * environment, whether jobs can run here, and prints what it found as JSON.
 * Environment: `RISE_STORE` (where records live), `RISE_INPUT` (the job's contract as JSON, see
 * src/schema/stage-inputs.ts; else it is the second argument) and, as Batch sets them, `AWS_BATCH_JOB_ATTEMPT` and, in array jobs,
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
import { exitCodeAfter, runJob } from './run-job.ts';

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());

process.exitCode =
  process.argv[2] === 'health' ? await printHealth() : await runJob(process.argv.slice(2), process.env, stop.signal);

function printHealth(): Promise<number> {
  return exitCodeAfter(async () => {
    const { examineHealth } = await import('./health.ts');
    console.log(JSON.stringify(examineHealth()));
  });
}
