import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { AwsClients } from './clients.ts';
import { describeCause } from './describe-cause.ts';

/** One visit of an execution to a state that works. */
export interface Stage {
  state: string;
  /** The RL iteration, from 0; undefined outside of them. */
  iteration?: number;
  status: 'running' | 'done' | 'failed';
  startedAt: Date;
  endedAt?: Date;
  /** Batch jobs it submitted: one, and one more for each retry. */
  jobIds: string[];
  /** Items of a Distributed Map. */
  mapRunArn?: string;
  /** Why it failed, or why the last try did. */
  error?: { name: string; message: string };
}

/** What a history tells, in the order of its events. */
export interface ExecutionHistory {
  stages: Stage[];
  /** RL iterations of the run, once it is known. */
  iterations?: number;
}

/** A reader of one execution's history; each read asks only for what is new. */
export interface HistoryReader {
  read(): Promise<ExecutionHistory>;
}

export function createHistoryReader(
  { stepFunctions }: Pick<AwsClients, 'stepFunctions'>,
  executionArn: string,
): HistoryReader {
  const follow = createHistoryFollower();
  let lastId = 0;
  return {
    async read() {
      const fresh: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const request = { executionArn, reverseOrder: true, maxResults: 1000, nextToken };
        const page = await stepFunctions.getExecutionHistory(request);
        const events = page.events ?? [];
        fresh.push(...events.filter(({ id }) => id! > lastId));
        nextToken = events.some(({ id }) => id! <= lastId) ? undefined : page.nextToken;
      } while (nextToken);
      fresh.sort((left, right) => left.id! - right.id!);
      for (const event of fresh) follow.event(event);
      lastId = fresh.at(-1)?.id ?? lastId;
      return follow.history();
    },
  };
}

const StateInput = z.object({
  rollout: z.string().optional(),
  iteration: z.int().optional(),
  nextIteration: z.int().optional(),
  iterations: z.int().optional(),
});
const SubmittedJob = z.object({ JobId: z.string() });

/** States that only decide or end take no time of their own. */
const PASSING = /^(Choice|Pass|Succeed|Fail|Parallel)State/;

/** Turns the events of a history, taken in order, into the stages they tell of. */
export function createHistoryFollower() {
  const stages: Stage[] = [];
  /** An event belongs to the state that the chain of previous events was entered by. */
  const stageOfEvent = new Map<number, Stage>();
  let iterations: number | undefined;

  const enter = (event: HistoryEvent) => {
    const { name, input } = event.stateEnteredEventDetails!;
    const parsed = StateInput.safeParse(parseJson(input));
    const fields = parsed.success ? parsed.data : {};
    iterations = fields.iterations ?? iterations;
    if (PASSING.test(event.type!)) return undefined;
    const stage: Stage = {
      state: name!,
      iteration: iterationOf(name!, fields),
      status: 'running',
      startedAt: event.timestamp!,
      jobIds: [],
    };
    stages.push(stage);
    return stage;
  };

  return {
    event(event: HistoryEvent): void {
      const stage = event.stateEnteredEventDetails ? enter(event) : stageOfEvent.get(event.previousEventId ?? 0);
      const exited = event.stateExitedEventDetails?.name;
      if (exited !== undefined) {
        const ended = stages.findLast(({ state, endedAt }) => state === exited && endedAt === undefined);
        if (ended)
          Object.assign(ended, { status: ended.status === 'failed' ? 'failed' : 'done', endedAt: event.timestamp });
      } else if (/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(event.type!)) {
        for (const open of stages.filter(({ endedAt }) => endedAt === undefined)) {
          Object.assign(open, { status: 'failed', endedAt: event.timestamp });
        }
      } else if (stage) {
        applyToStage(stage, event);
      }
      if (stage) stageOfEvent.set(event.id!, stage);
    },
    history: (): ExecutionHistory => ({ stages, iterations }),
  };
}

function applyToStage(stage: Stage, event: HistoryEvent): void {
  const { taskSubmittedEventDetails: submitted, mapRunStartedEventDetails: mapRun } = event;
  if (submitted?.resourceType === 'batch') {
    const job = SubmittedJob.safeParse(parseJson(submitted.output));
    if (job.success) stage.jobIds.push(job.data.JobId);
  }
  if (mapRun) stage.mapRunArn = mapRun.mapRunArn;
  const failed =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.taskStartFailedEventDetails ??
    event.mapRunFailedEventDetails;
  if (failed) {
    stage.status = 'failed';
    stage.error = { name: failed.error ?? 'unknown', message: describeCause(failed.cause) };
  } else if (event.type === 'TaskScheduled') {
    // Tried again: it had not failed for good.
    stage.status = 'running';
  } else if (event.type === 'TaskSucceeded') {
    delete stage.error;
  }
}

function iterationOf(state: string, fields: z.infer<typeof StateInput>): number | undefined {
  if (state === 'PlanDiagnosis') return undefined;
  if (state.startsWith('Plan')) return fields.nextIteration;
  return fields.rollout?.startsWith('iteration-') ? fields.iteration : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
