import type { AttemptDetail, JobDetail, JobStatus, JobSummary } from '@aws-sdk/client-batch';
import type { JobDefinition } from './batch-records.ts';
import type { StopContainer } from './containers.ts';

/** A job, a child of an array job, or the array itself. */
export interface Job {
  id: string;
  arn: string;
  name: string;
  queue: string;
  definitionArn: string;
  definition: JobDefinition;
  command: string[];
  environment: Record<string, string>;
  status: JobStatus;
  statusReason?: string;
  createdAt: number;
  startedAt?: number;
  stoppedAt?: number;
  attempts: AttemptDetail[];
  logStreamName?: string;
  /** Of a child. */
  index?: number;
  parent?: Job;
  /** Of an array. */
  children?: Job[];
  /** Of the attempt that runs. */
  stopContainer?: StopContainer;
  /** Why it was told to end; no attempt follows. */
  terminated?: string;
  /** Why its host goes away. */
  reclaimed?: string;
}

export const hasEnded = ({ status }: Pick<Job, 'status'>) => status === 'SUCCEEDED' || status === 'FAILED';

export function vcpusOf({ definition }: Job): number {
  const cpu = definition.containerProperties.resourceRequirements.find(({ type }) => type === 'VCPU');
  return Number(cpu?.value ?? 1);
}

/** As `DescribeJobs` tells of it. */
export function describeJob(job: Job): JobDetail {
  const { containerProperties, retryStrategy } = job.definition;
  return {
    jobId: job.id,
    jobArn: job.arn,
    jobName: job.name,
    jobQueue: job.queue,
    jobDefinition: job.definitionArn,
    status: job.status,
    statusReason: job.statusReason,
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    stoppedAt: job.stoppedAt,
    attempts: job.attempts,
    retryStrategy: retryStrategy as JobDetail['retryStrategy'],
    ...(arrayPropertiesOf(job) && { arrayProperties: arrayPropertiesOf(job) }),
    container: {
      image: containerProperties.image,
      command: job.command,
      environment: Object.entries(job.environment).map(([name, value]) => ({ name, value })),
      logConfiguration: containerProperties.logConfiguration,
      logStreamName: job.logStreamName,
      exitCode: job.attempts.at(-1)?.container?.exitCode,
    },
  };
}

/** As `ListJobs` does. */
export function summariseJob(job: Job): JobSummary {
  const { jobId, jobArn, jobName, status, statusReason, createdAt, startedAt, stoppedAt } = describeJob(job);
  const arrayProperties = job.index === undefined ? undefined : { index: job.index };
  return { jobId, jobArn, jobName, status, statusReason, createdAt, startedAt, stoppedAt, arrayProperties };
}

function arrayPropertiesOf({ children, index }: Job): JobDetail['arrayProperties'] {
  if (index !== undefined) return { index };
  if (!children) return undefined;
  const statusSummary: Record<string, number> = {};
  for (const { status } of children) statusSummary[status] = (statusSummary[status] ?? 0) + 1;
  return { size: children.length, statusSummary };
}
