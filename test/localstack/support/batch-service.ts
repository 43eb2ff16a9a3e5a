import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { describeJob, type Job, summariseJob } from './batch-jobs.ts';
import { ComputeEnvironment, camelCased, JobDefinition, JobQueue, SubmitJob } from './batch-records.ts';
import type { StartContainer } from './containers.ts';
import { createJobScheduler } from './job-scheduler.ts';

/** A request that Batch refuses, under the name it gives it. */
export class ClientException extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClientException';
  }
}

const TYPES = {
  'AWS::Batch::ComputeEnvironment': { schema: ComputeEnvironment, kind: 'compute-environment' },
  'AWS::Batch::JobQueue': { schema: JobQueue, kind: 'job-queue' },
  'AWS::Batch::JobDefinition': { schema: JobDefinition, kind: 'job-definition' },
} as const;

/** A resource of a template, as CloudFormation asks for it. */
const NewResource = z.object({
  type: z.enum(Object.keys(TYPES) as (keyof typeof TYPES)[]),
  name: z.string(),
  region: z.string(),
  account: z.string(),
  properties: z.unknown(),
});
const DescribeJobs = z.object({ jobs: z.array(z.string()) });
const ListJobs = z.object({ arrayJobId: z.string(), jobStatus: z.string().default('RUNNING') });
const TerminateJob = z.object({ jobId: z.string(), reason: z.string() });

/**
 * AWS Batch as far as the stacks and the commands use it: resources by template, queues that run as many jobs at once as their
 * vCPUs allow, array jobs, attempts by the rules of the job definition, termination.
 */
export function createBatchService(startContainer: StartContainer) {
  const resources = createResources();
  const jobs = new Map<string, Job>();
  const scheduler = createJobScheduler(startContainer, resources.vcpusOfQueue);
  const known = (id: string): Job => {
    const found = jobs.get(id);
    if (!found) throw new ClientException(`job ${id} does not exist`);
    return found;
  };
  /** By the last part of the path that Batch's interface has for it. */
  const operations: Record<string, (request: unknown) => object> = {
    submitjob(request) {
      const submitted = SubmitJob.parse(request);
      const definition = resources.get(JobDefinition, submitted.jobDefinition);
      const job = createJob(submitted, definition);
      const children = job.children ?? [];
      for (const each of [job, ...children]) jobs.set(each.id, each);
      scheduler.enqueue(job.children ?? [job]);
      return { jobId: job.id, jobArn: job.arn, jobName: job.name };
    },
    describejobs(request) {
      const ids = DescribeJobs.parse(request).jobs.filter((id) => jobs.has(id));
      return { jobs: ids.map((id) => describeJob(known(id))) };
    },
    listjobs(request) {
      const { arrayJobId, jobStatus } = ListJobs.parse(request);
      const children = (known(arrayJobId).children ?? []).filter(({ status }) => status === jobStatus);
      return { jobSummaryList: children.map(summariseJob) };
    },
    terminatejob(request) {
      const { jobId, reason } = TerminateJob.parse(request);
      scheduler.terminate(known(jobId), reason);
      return {};
    },
  };
  return {
    operations,
    createResource: resources.create,
    deleteResource: resources.delete,
    reclaimHostOf: (jobId: string) => scheduler.reclaim(known(jobId)),
    stop: () => scheduler.stop(),
  };
}
export type BatchService = ReturnType<typeof createBatchService>;

function createResources() {
  const byArn = new Map<string, unknown>();
  const get = <T>(schema: z.ZodType<T>, arn: string): T => {
    if (!byArn.has(arn)) throw new ClientException(`${arn} does not exist`);
    return schema.parse(byArn.get(arn));
  };
  return {
    get,
    create(request: unknown): { arn: string } {
      const { type, name, region, account, properties } = NewResource.parse(request);
      const { schema, kind } = TYPES[type];
      const plain = `arn:aws:batch:${region}:${account}:${kind}/${name}`;
      const revision = [...byArn.keys()].filter((arn) => arn.startsWith(`${plain}:`)).length + 1;
      const arn = kind === 'job-definition' ? `${plain}:${revision}` : plain;
      byArn.set(arn, schema.parse(camelCased(properties)));
      return { arn };
    },
    delete: (arn: string) => byArn.delete(arn),
    vcpusOfQueue(arn: string): number {
      const environments = get(JobQueue, arn).computeEnvironmentOrder;
      const vcpus = environments.map(({ computeEnvironment }) => get(ComputeEnvironment, computeEnvironment));
      return vcpus.reduce((sum, { computeResources }) => sum + computeResources.maxvCpus, 0);
    },
  };
}

/** Throws `ClientException` on an array that Batch does not take. */
function createJob(submitted: SubmitJob, definition: JobDefinition): Job {
  const { jobName, jobQueue, jobDefinition, containerOverrides, arrayProperties } = submitted;
  const id = randomUUID();
  const variables = [...definition.containerProperties.environment, ...containerOverrides.environment];
  const job: Job = {
    id,
    arn: `${jobQueue.slice(0, jobQueue.indexOf(':job-queue/'))}:job/${id}`,
    name: jobName,
    queue: jobQueue,
    definitionArn: jobDefinition,
    definition,
    command: containerOverrides.command,
    environment: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    createdAt: Date.now(),
    status: 'RUNNABLE',
    attempts: [],
  };
  if (!arrayProperties) return job;
  const { size } = arrayProperties;
  if (size < 2 || size > 10_000) throw new ClientException(`an array job has 2 to 10000 children, not ${size}`);
  job.status = 'PENDING';
  job.children = Array.from({ length: size }, (_, index) => ({
    ...job,
    id: `${id}:${index}`,
    status: 'RUNNABLE',
    attempts: [],
    index,
    parent: job,
  }));
  return job;
}
