import type { ExecutionListItem, ExecutionStatus } from '@aws-sdk/client-sfn';
import { mapBounded } from '../base/bounded.ts';
import { BudgetStop } from '../schema/budget.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { ExecutionInput } from '../schema/stage-inputs.ts';
import type { AwsClients } from './clients.ts';

/** One execution of a run: the first, or one that resumed it. */
export interface Execution {
  runId: string;
  /** Which of the run's executions, from 1. */
  attempt: number;
  arn: string;
  status: ExecutionStatus;
  startedAt: Date;
  stoppedAt?: Date;
}

/** Characters of an execution's name, which AWS bounds; the rest is for the number of the attempt. */
const MAX_RUN_ID_LENGTH = 80 - '-999'.length;
/** Executions that are described at once. */
const MAX_READS = 4;
/** Other commands that may take the next number in between. */
const MAX_RACES = 3;

export const executionName = (runId: string, attempt: number) => `${runId}-${attempt}`;

/** Every execution that these commands started, newest first; Step Functions remembers them for 90 days. */
export async function listExecutions(
  { stepFunctions }: Pick<AwsClients, 'stepFunctions'>,
  stateMachineArn: string,
): Promise<Execution[]> {
  const { paginateListExecutions } = await import('@aws-sdk/client-sfn');
  const found: Execution[] = [];
  for await (const page of paginateListExecutions({ client: stepFunctions }, { stateMachineArn })) {
    found.push(...(page.executions ?? []).flatMap(parseExecution));
  }
  return found.sort((left, right) => right.startedAt.getTime() - left.startedAt.getTime());
}

/** An execution as a list of runs has it: Step Functions calls one that has stopped at its run's budget succeeded. */
export interface ListedExecution extends Execution {
  stopped?: 'budget';
}

/** As `listExecutions`, with what each that succeeded says of its budget. */
export async function listRuns(
  aws: Pick<AwsClients, 'stepFunctions'>,
  stateMachineArn: string,
): Promise<ListedExecution[]> {
  return mapBounded(await listExecutions(aws, stateMachineArn), MAX_READS, async (execution) => {
    const stop = await readStop(aws, execution);
    return stop ? { ...execution, stopped: stop.stopped } : execution;
  });
}

/** A run's executions, the last attempt first. */
export async function executionsOf(
  aws: Pick<AwsClients, 'stepFunctions'>,
  stateMachineArn: string,
  runId: string,
): Promise<Execution[]> {
  const all = await listExecutions(aws, stateMachineArn);
  return all.filter((execution) => execution.runId === runId).sort((left, right) => right.attempt - left.attempt);
}

/**
 * Executions of a run that was started, as `executionsOf`. Throws `InvalidInputError` that names the runs there are.
 */
export async function knownExecutionsOf(
  aws: Pick<AwsClients, 'stepFunctions'>,
  stateMachineArn: string,
  runId: string,
): Promise<[Execution, ...Execution[]]> {
  const [last, ...earlier] = await executionsOf(aws, stateMachineArn, runId);
  if (last) return [last, ...earlier];
  throw new InvalidInputError(
    `run ${runId} has no execution of the last 90 days here; rise status lists those there are`,
  );
}

function parseExecution({ executionArn, name, status, startDate, stopDate }: ExecutionListItem): Execution[] {
  const [, runId, attempt] = /^(.+)-(\d+)$/.exec(name!) ?? [];
  if (runId === undefined) return [];
  return [
    {
      runId,
      attempt: Number(attempt),
      arn: executionArn!,
      status: status!,
      startedAt: startDate!,
      stoppedAt: stopDate,
    },
  ];
}

export const isOver = ({ status }: Pick<Execution, 'status'>) => status !== 'RUNNING' && status !== 'PENDING_REDRIVE';

/** What came of asking for an execution. */
export interface StartedRun {
  outcome: 'started' | 'running' | 'succeeded';
  execution: Pick<Execution, 'runId' | 'attempt' | 'arn'>;
}

/** The first execution of a run. A second call starts nothing: it gives the one there is, or says how to resume. */
export async function startRun(aws: AwsClients, stateMachineArn: string, input: ExecutionInput): Promise<StartedRun> {
  const [last] = await executionsOf(aws, stateMachineArn, input.runId);
  if (!last) return startAttempt(aws, stateMachineArn, input, 1);
  if (!isOver(last)) return { outcome: 'running', execution: last };
  const isStopped = (await readStop(aws, last)) !== undefined;
  if (last.status === 'SUCCEEDED' && !isStopped) return { outcome: 'succeeded', execution: last };
  const ended = isStopped ? 'stopped at its budget' : `ended as ${last.status}`;
  throw new InvalidInputError(
    `run ${input.runId} was started before and ${ended}; go on with rise resume ${input.runId}`,
  );
}

/** What an execution says that has stopped at its run's budget; undefined of any other. */
export async function readStop(
  { stepFunctions }: Pick<AwsClients, 'stepFunctions'>,
  { status, arn }: Pick<Execution, 'status' | 'arn'>,
): Promise<BudgetStop | undefined> {
  if (status !== 'SUCCEEDED') return undefined;
  const { output = 'null' } = await stepFunctions.describeExecution({ executionArn: arn });
  return BudgetStop.safeParse(JSON.parse(output)).data;
}

/** The next execution of a run that stopped, at its budget for one; what is done returns at once, by its manifest. */
export async function resumeRun(aws: AwsClients, stateMachineArn: string, input: ExecutionInput): Promise<StartedRun> {
  const [last] = await executionsOf(aws, stateMachineArn, input.runId);
  if (last && !isOver(last)) return { outcome: 'running', execution: last };
  if (last?.status === 'SUCCEEDED' && !(await readStop(aws, last))) return { outcome: 'succeeded', execution: last };
  return startAttempt(aws, stateMachineArn, input, (last?.attempt ?? 0) + 1);
}

/** Refuses (`InvalidInputError`) a run id that leaves no room for the number of an attempt. */
export function assertExecutable(runId: string): void {
  if (runId.length <= MAX_RUN_ID_LENGTH) return;
  throw new InvalidInputError(
    `run id ${runId} has ${runId.length} characters; give a --run-id of at most ${MAX_RUN_ID_LENGTH}`,
  );
}

/**
 * Step Functions gives the running execution of the same name and input instead of a second one, so that of two
 * commands at once one starts the run; lists of executions lag behind by seconds.
 */
async function startAttempt(
  { stepFunctions }: AwsClients,
  stateMachineArn: string,
  input: ExecutionInput,
  attempt: number,
  races = 0,
): Promise<StartedRun> {
  const { runId } = input;
  try {
    const name = executionName(runId, attempt);
    const { executionArn } = await stepFunctions.startExecution({
      stateMachineArn,
      name,
      input: JSON.stringify(input),
    });
    return { outcome: 'started', execution: { runId, attempt, arn: executionArn! } };
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists' || races === MAX_RACES) throw error;
    return startAttempt({ stepFunctions } as AwsClients, stateMachineArn, input, attempt + 1, races + 1);
  }
}

/** The page of an execution in the console of its partition. */
export function consoleUrl(executionArn: string): string {
  const [, partition, , region] = executionArn.split(':');
  const hosts: Record<string, string> = {
    'aws-cn': 'console.amazonaws.cn',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
  };
  const host = hosts[partition] ?? 'console.aws.amazon.com';
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}
