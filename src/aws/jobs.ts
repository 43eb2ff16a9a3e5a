import type { Batch, JobDetail, JobStatus, JobSummary } from '@aws-sdk/client-batch';
import type { AwsClients } from './clients.ts';

/** A job as Batch tells of it now; an array job with the counts of its children. */
export interface Job {
  jobId: string;
  jobName: string;
  status: JobStatus;
  /** Children of an array job by status. */
  children?: Partial<Record<JobStatus, number>>;
  /** What Batch says of jobs that do not start, `CAPACITY:...` for one, or of one that ended. */
  reasons: string[];
  /** Hours that instances were held: every attempt of a plain job, the last one of each child of an array. */
  hours: number;
}

const ENDED: readonly string[] = ['SUCCEEDED', 'FAILED'];
/** What one call may ask for. */
const JOBS_PER_CALL = 100;

export const hasEnded = ({ status }: Pick<Job, 'status'>) => ENDED.includes(status);

/** A reader of jobs, again and again; those that have ended are asked for once. */
export interface JobReader {
  /** In the order of the ids; jobs that Batch has forgotten, about a week after their end, are left out. */
  read(jobIds: readonly string[]): Promise<Job[]>;
}

export function createJobReader({ batch }: Pick<AwsClients, 'batch'>, now: () => number = Date.now): JobReader {
  const ended = new Map<string, Job>();
  return {
    async read(jobIds) {
      const details = await describeJobs(
        batch,
        jobIds.filter((id) => !ended.has(id)),
      );
      const fresh = new Map<string, Job>();
      for (const detail of details) {
        const job = detail.arrayProperties?.size ? await readArray(batch, detail, now()) : asJob(detail, now());
        fresh.set(job.jobId, job);
        if (hasEnded(job)) ended.set(job.jobId, job);
      }
      return jobIds.flatMap((id) => fresh.get(id) ?? ended.get(id) ?? []);
    },
  };
}

/** Cancels a job, or ends it where it has started; of an array job, every child. One that has ended stays as it is. */
export async function cancelJob({ batch }: Pick<AwsClients, 'batch'>, jobId: string, reason: string): Promise<void> {
  await batch.terminateJob({ jobId, reason });
}

/** Details of jobs in the order Batch gives them. */
export async function describeJobs(batch: Batch, jobIds: readonly string[]): Promise<JobDetail[]> {
  const details: JobDetail[] = [];
  for (let start = 0; start < jobIds.length; start += JOBS_PER_CALL) {
    const { jobs = [] } = await batch.describeJobs({ jobs: jobIds.slice(start, start + JOBS_PER_CALL) });
    details.push(...jobs);
  }
  return details;
}

/** The children of an array job that have the status. */
export async function listChildren(batch: Batch, arrayJobId: string, jobStatus: JobStatus): Promise<JobSummary[]> {
  const { paginateListJobs } = await import('@aws-sdk/client-batch');
  const children: JobSummary[] = [];
  for await (const page of paginateListJobs({ client: batch }, { arrayJobId, jobStatus })) {
    children.push(...(page.jobSummaryList ?? []));
  }
  return children;
}

/** How long a job may be RUNNABLE before that needs a reason: instances take minutes to come. */
const PATIENCE_MINUTES = 30;
/** Batch names a lack of capacity, a queue's maximum and jobs that no instance fits; of the rest it says nothing. */
const NO_REASON = `RUNNABLE for over ${PATIENCE_MINUTES} min without a reason: other jobs, or a quota, subnets or the AMI; rise doctor --aws`;

/** What Batch says a job waits for or, where it says nothing for long, where to look; `since` is when it could first start. */
function waitReasons(statusReason: string | undefined, since: number | undefined, now: number): string[] {
  if (statusReason) return [statusReason];
  const minutes = (now - (since ?? now)) / 60_000;
  return minutes > PATIENCE_MINUTES ? [NO_REASON] : [];
}

function asJob(detail: JobDetail, now: number): Job {
  const { jobId, jobName, status, statusReason, attempts = [], createdAt, startedAt, stoppedAt } = detail;
  const since = status === 'RUNNABLE' ? (attempts.at(-1)?.stoppedAt ?? createdAt) : undefined;
  const spans = attempts.map((attempt) => hoursBetween(attempt.startedAt, attempt.stoppedAt));
  const isCounted = attempts.some((attempt) => attempt.startedAt === startedAt);
  if (!isCounted) spans.push(hoursBetween(startedAt, status === 'RUNNING' ? now : stoppedAt));
  return {
    jobId: jobId!,
    jobName: jobName!,
    status: status!,
    reasons: waitReasons(statusReason, since, now),
    hours: spans.reduce((sum, hours) => sum + hours, 0),
  };
}

async function readArray(batch: Batch, detail: JobDetail, now: number): Promise<Job> {
  const { jobId, jobName, status, arrayProperties, createdAt } = detail;
  const counts = Object.entries(arrayProperties!.statusSummary ?? {}).filter(([, count]) => count > 0);
  const children = Object.fromEntries(counts) as Partial<Record<JobStatus, number>>;
  let hours = 0;
  const reasons = new Set<string>();
  for (const childStatus of ['RUNNABLE', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const) {
    if (!children[childStatus]) continue;
    for (const { statusReason, startedAt, stoppedAt } of await listChildren(batch, jobId!, childStatus)) {
      if (statusReason && childStatus !== 'SUCCEEDED') reasons.add(statusReason);
      hours += hoursBetween(startedAt, childStatus === 'RUNNING' ? now : stoppedAt);
    }
  }
  // Once one of them has run, the others wait for their turn, or for another instance.
  const isUntouched = children.RUNNABLE === arrayProperties!.size;
  if (reasons.size === 0 && isUntouched)
    for (const reason of waitReasons(undefined, createdAt, now)) reasons.add(reason);
  return { jobId: jobId!, jobName: jobName!, status: status!, children, reasons: [...reasons], hours };
}

const hoursBetween = (start: number | undefined, end: number | undefined) =>
  start && end ? Math.max(0, end - start) / 3_600_000 : 0;
