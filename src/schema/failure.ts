import { z } from 'zod';
import { FailureInput } from './stage-inputs.ts';

/** `runs/<runId>/failure.json`: the last failure of a run; a later execution may have succeeded. */
export const FailureRecord = FailureInput.extend({ failedAt: z.iso.datetime() });
export type FailureRecord = z.infer<typeof FailureRecord>;
