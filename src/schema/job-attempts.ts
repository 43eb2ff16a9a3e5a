/**
 * How a GPU job ends, by exit code, and how often it is begun. The worker exits with these codes, the Batch job definition
 * and the local runner retry by them; `containers/gpu-worker/main.ts` says what each means.
 */
export const EXIT_CODES = { done: 0, failed: 1, invalidInput: 2, stalled: 142, interrupted: 143 } as const;

/** Attempts of a job, the first included. */
export const JOB_ATTEMPTS = 5;

/** Codes worth another attempt; every other failure would only repeat itself. */
export const RETRIED_EXIT_CODES: readonly number[] = [EXIT_CODES.interrupted];

/**
 * Time from SIGTERM to SIGKILL: what a job has to finish its step and write a checkpoint. Spot notice comes 120 s
 * ahead.
 */
export const STOP_GRACE_SECONDS = 110;
