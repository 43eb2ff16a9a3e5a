import type { JobDetail } from '@aws-sdk/client-batch';
import type { GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { InvalidInputError } from '../schema/errors.ts';
import type { AwsClients } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { knownExecutionsOf } from './executions.ts';
import { createHistoryReader } from './history.ts';
import { describeJobs, listChildren } from './jobs.ts';

/** What a job printed. */
export interface LogLine {
  time: Date;
  /** `rollout[3]`, and `rollout[3] attempt 2` after a retry. */
  job: string;
  message: string;
}

/** Batch's own, where a job definition names none. */
const DEFAULT_LOG_GROUP = '/aws/batch/job';
/** Children that may have printed something, failures first: they are what logs are read for. */
const STATUSES = ['FAILED', 'RUNNING', 'SUCCEEDED'] as const;

/** Id of the job that a run submitted last. Throws `InvalidInputError` where it has submitted none. */
export async function lastJobOf(aws: AwsClients, deployment: Deployment, runId: string): Promise<string> {
  for (const { arn } of await knownExecutionsOf(aws, deployment.stateMachineArn, runId)) {
    const { stages } = await createHistoryReader(aws, arn).read();
    const last = stages.flatMap(({ jobIds }) => jobIds).at(-1);
    if (last !== undefined) return last;
  }
  throw new InvalidInputError(`run ${runId} has submitted no job yet; rise status ${runId} says where it stands`);
}

/** The lines of a job, attempt after attempt; of an array job, child after child. */
export async function* readJobLog(aws: AwsClients, jobId: string): AsyncGenerator<LogLine> {
  const [job] = await describeJobs(aws.batch, [jobId]);
  if (!job) {
    throw new InvalidInputError(
      `Batch knows no job ${jobId}; give an id that rise status shows. It forgets jobs about a week after their end`,
    );
  }
  if (!job.arrayProperties?.size) {
    yield* readAttempts(aws, job);
    return;
  }
  for (const status of STATUSES) {
    const children = await listChildren(aws.batch, jobId, status);
    for (const { jobId: childId } of children) {
      for (const child of await describeJobs(aws.batch, [childId!])) yield* readAttempts(aws, child);
    }
  }
}

async function* readAttempts(aws: AwsClients, job: JobDetail): AsyncGenerator<LogLine> {
  const container = job.container ?? onlyContainer(job.ecsProperties?.taskProperties);
  const logGroupName = container?.logConfiguration?.options?.['awslogs-group'] ?? DEFAULT_LOG_GROUP;
  const index = job.arrayProperties?.index;
  const name = index === undefined ? job.jobName! : `${job.jobName}[${index}]`;
  const streams = [
    ...(job.attempts ?? []).map(
      (attempt) => (attempt.container ?? onlyContainer(attempt.taskProperties))?.logStreamName,
    ),
    container?.logStreamName,
  ];
  const distinct = [...new Set(streams.filter((stream) => stream !== undefined))];
  for (const [attempt, logStreamName] of distinct.entries()) {
    const label = attempt === 0 ? name : `${name} attempt ${attempt + 1}`;
    for await (const { timestamp, message } of readStream(aws, logGroupName, logStreamName)) {
      yield { time: new Date(timestamp!), job: label, message: message!.trimEnd() };
    }
  }
}

/** Jobs in ECS's own properties tell of their one container here. */
const onlyContainer = <C>(tasks: { containers?: C[] }[] | undefined): C | undefined => tasks?.[0]?.containers?.[0];

/** A stream ends where the token for what follows is the one that was sent. */
async function* readStream(aws: AwsClients, logGroupName: string, logStreamName: string) {
  let nextToken: string | undefined;
  for (;;) {
    const page = await readLogPage(aws, logGroupName, logStreamName, nextToken);
    if (!page) return;
    yield* page.events ?? [];
    if (page.nextForwardToken === undefined || page.nextForwardToken === nextToken) return;
    nextToken = page.nextForwardToken;
  }
}

/** Some events of a stream, from its beginning or from where a token says; undefined where the stream is not there. */
export async function readLogPage(
  { logs }: AwsClients,
  logGroupName: string,
  logStreamName: string,
  nextToken: string | undefined,
): Promise<GetLogEventsCommandOutput | undefined> {
  const request = { logGroupName, logStreamName, startFromHead: true, nextToken };
  return logs.getLogEvents(request).catch((error: Error) => {
    // Nothing has been printed yet, or the lines are past their retention.
    if (error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  });
}
