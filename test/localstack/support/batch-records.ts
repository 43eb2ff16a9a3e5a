import { z } from 'zod';

const Variable = z.object({ name: z.string(), value: z.string() });
const Rule = z.object({
  action: z.string().toUpperCase(),
  onExitCode: z.string().optional(),
  onReason: z.string().optional(),
  onStatusReason: z.string().optional(),
});

/** What is read of a compute environment: how much of it can run at once. */
export const ComputeEnvironment = z.object({ computeResources: z.object({ maxvCpus: z.coerce.number() }) });

export const JobQueue = z.object({
  computeEnvironmentOrder: z.array(z.object({ computeEnvironment: z.string() })),
});

export const JobDefinition = z.object({
  containerProperties: z.object({
    image: z.string(),
    environment: z.array(Variable).default([]),
    logConfiguration: z.object({ logDriver: z.literal('awslogs'), options: z.record(z.string(), z.string()) }),
    resourceRequirements: z.array(z.object({ type: z.string(), value: z.coerce.string() })),
  }),
  retryStrategy: z.object({ attempts: z.coerce.number(), evaluateOnExit: z.array(Rule).default([]) }),
});
export type JobDefinition = z.infer<typeof JobDefinition>;
export type RetryRule = z.infer<typeof Rule>;

export const SubmitJob = z.object({
  jobName: z.string(),
  jobQueue: z.string(),
  jobDefinition: z.string(),
  arrayProperties: z.object({ size: z.int() }).optional(),
  containerOverrides: z.object({ command: z.array(z.string()), environment: z.array(Variable).default([]) }),
});
export type SubmitJob = z.infer<typeof SubmitJob>;

/** A property or parameter under the name that Batch's own interface gives it: `JobQueueArn` becomes `jobQueueArn`. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name[0].toLowerCase() + name.slice(1), camelCased(inner)]),
  );
}
