import { z } from 'zod';

/** A Lambda function's error, as Step Functions hands it on; it names the type apart from this, too. */
const FunctionError = z.object({ errorType: z.string(), errorMessage: z.string() });
/** A Batch job that failed, likewise; its last attempt is the one that counts. */
const FailedJob = z.object({
  JobName: z.string(),
  StatusReason: z.string().optional(),
  Attempts: z
    .array(
      z.object({
        StatusReason: z.string().optional(),
        Container: z.object({ ExitCode: z.int().optional(), Reason: z.string().optional() }).optional(),
      }),
    )
    .optional(),
});

/** The cause of a failed task in words: what the function or the job said, or the text as it is. */
export function describeCause(cause: string | undefined): string {
  if (!cause) return 'no cause given';
  let value: unknown;
  try {
    value = JSON.parse(cause);
  } catch {
    return cause;
  }
  const ofFunction = FunctionError.safeParse(value);
  if (ofFunction.success) return ofFunction.data.errorMessage;
  const ofJob = FailedJob.safeParse(value);
  if (!ofJob.success) return cause;
  const { JobName, StatusReason, Attempts = [] } = ofJob.data;
  const last = Attempts.at(-1);
  const { ExitCode, Reason } = last?.Container ?? {};
  const said = [
    StatusReason ?? last?.StatusReason,
    ExitCode === undefined ? undefined : `exit code ${ExitCode}`,
    Reason,
    Attempts.length > 1 ? `${Attempts.length} attempts` : undefined,
  ].filter((part) => part !== undefined);
  return `job ${JobName}: ${said.length > 0 ? said.join(', ') : 'no reason given'}`;
}
