import { z } from 'zod';
import { EndpointOptions } from '../../endpoints/endpoint-options.ts';

/** Who judges: fixed rules, or a language model. */
export const JudgeOptions = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('matcher').describe('fixed rules: free, offline, deterministic') }),
  ...EndpointOptions.options,
]);
export type JudgeOptions = z.infer<typeof JudgeOptions>;
