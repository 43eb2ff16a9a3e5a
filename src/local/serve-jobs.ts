/**
 * A worker of the local runner: `serve-jobs.ts MODULE` runs jobs one after another by the module's `runJob`, each as a
 * container would alone. What it loads, TensorFlow above all, it loads once, and before the first job is there. The runner
 * sends a job; the line `@done` answers one that has succeeded, the end of this process, with its exit code, any other.
 */
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { EXIT_CODES } from '../schema/job-attempts.ts';
import { DONE_MARK, type ServedJob } from './served-job.ts';

interface JobModule {
  prepare(): Promise<void>;
  runJob(
    command: readonly string[],
    environment: Record<string, string | undefined>,
    signal: AbortSignal,
  ): Promise<number>;
}

// A worker whose runner was killed ends too, rather than working on unseen.
process.on('disconnect', () => process.exit(137));
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());

const { prepare, runJob } = (await import(pathToFileURL(process.argv[2]).href)) as JobModule;
await prepare();
// A worker that waits is killed in the end, which would lose what it has compiled.
flushCompileCache();

let exitCode: number = EXIT_CODES.done;
while (exitCode === EXIT_CODES.done) {
  const job = await nextJob();
  exitCode = job
    ? await runJob(job.command, { ...process.env, ...job.environment }, stop.signal)
    : EXIT_CODES.interrupted;
  if (exitCode === EXIT_CODES.done) process.stdout.write(`${DONE_MARK}\n`);
}
process.exitCode = exitCode;

/** Undefined once this worker is told to stop. */
async function nextJob(): Promise<ServedJob | undefined> {
  // Only while it waits does the channel keep this process alive.
  process.channel!.ref();
  try {
    const [job] = await once(process, 'message', { signal: stop.signal });
    return job as ServedJob;
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    process.channel!.unref();
  }
}
