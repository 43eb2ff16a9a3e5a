import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { InterruptedError, RiseError } from '../schema/errors.ts';
import { adaptDefinition, type LocalTask } from './adapt-definition.ts';
import { createBranchStops } from './branch-stops.ts';
import type { Json, Machine } from './definition.ts';
import { createLambdaTask, type LambdaTask } from './lambda-task.ts';
import { DataLimitExceededError, StepFunctionsError } from './local-errors.ts';
import type { LocalHome } from './local-home.ts';
import { runBatchTask } from './run-batch-task.ts';
import { runDistributedMap } from './run-distributed-map.ts';

/** The most of any state's input or output, as UTF-8 JSON. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/**
 * Executes a state machine definition in this process and gives its output. Retry, catch, choice and map behave as in
 * Step Functions; Lambdas and Batch jobs go through `home`. Throws the error a Fail state or an uncaught task names,
 * and `InterruptedError` when `home.signal` aborts.
 */
export async function runMachine(
  home: LocalHome,
  definition: Machine,
  executionName: string,
  input: Json,
): Promise<Json> {
  const { machine, tasks } = adaptDefinition(definition);
  const batchTasks = new Set<Promise<Json>>();
  const branches = createBranchStops(home.signal);
  const handlers: Record<string, (parameters: unknown) => Promise<never>> = {};
  const options: RunOptions = {
    overrides: { taskResourceLocalHandlers: handlers },
    context: { Execution: { Id: `local:${executionName}`, Name: executionName } },
  };
  const machinery: Machinery = { options, callLambda: createLambdaTask(home) };
  for (const task of tasks) {
    handlers[task.state] = (parameters) => {
      const result = runTask(
        { ...home, signal: branches.signalOf(task.parallel) },
        machinery,
        task,
        parameters as Json,
      );
      if (task.kind === 'batch') batchTasks.add(result);
      return result as Promise<never>;
    };
  }
  try {
    const checked = throughPayloadLimit(input, 'the execution input');
    return await execute(home, machine, options, checked, { onEvent: home.onEvent, onBranchFailed: branches.stop });
  } finally {
    branches.stopAll();
    // An interrupted or timed-out machine ends before the processes that it stopped.
    await Promise.allSettled(batchTasks);
  }
}

/** What all tasks of an execution share. */
interface Machinery {
  options: RunOptions;
  callLambda: LambdaTask;
}

async function runTask(home: LocalHome, machinery: Machinery, task: LocalTask, parameters: Json): Promise<Json> {
  try {
    if (home.signal.aborted) throw new InterruptedError(`stopped before ${task.state}`);
    const given = throughPayloadLimit(parameters, `the input of ${task.state}`);
    return throughPayloadLimit(await performTask(home, machinery, task, given), `the output of ${task.state}`);
  } catch (error) {
    if (!home.signal.aborted) home.onEvent({ kind: 'state-failed', state: task.state, error: error as Error });
    throw error;
  }
}

/** The value as JSON transport leaves it; throws `States.DataLimitExceeded` where AWS would. */
function throughPayloadLimit<T>(value: T, name: string): T {
  const json = JSON.stringify(value ?? null);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new DataLimitExceededError(
      `${name} is ${bytes} bytes of JSON, Step Functions carries at most ${MAX_PAYLOAD_BYTES}; pass a store key instead`,
    );
  }
  return JSON.parse(json);
}

async function performTask(
  home: LocalHome,
  { options, callLambda }: Machinery,
  task: LocalTask,
  parameters: Json,
): Promise<Json> {
  switch (task.kind) {
    case 'lambda':
      return callLambda(parameters, task.timeoutSeconds);
    case 'batch':
      return runBatchTask(home, task, parameters);
    case 'distributed-map':
      return runDistributedMap(home.store, task, parameters, (item) => execute(home, task.children, options, item, {}));
  }
}

async function execute(
  home: LocalHome,
  machine: Machine,
  options: RunOptions,
  input: Json,
  observer: Observer,
): Promise<Json> {
  // The original was checked when it was synthesised; the stand-in resources of the adapted one are no ARNs.
  const execution = new StateMachine(machine as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  }).run(input as never, options);
  home.signal.addEventListener('abort', execution.abort, { once: true });
  const followed = followEvents(execution.eventLogs, observer);
  try {
    return (await execution.result) as Json;
  } catch (error) {
    if (home.signal.aborted) throw new InterruptedError('the run was stopped', { cause: error });
    const { cause } = error as { cause: Error };
    throw cause instanceof RiseError ? cause : new StepFunctionsError(cause.name, cause.message, { cause });
  } finally {
    home.signal.removeEventListener('abort', execution.abort);
    await followed;
  }
}

type EventLogs = ReturnType<StateMachine['run']>['eventLogs'];

/** Who is told of what an execution does; of the children of a Map nobody is. */
interface Observer {
  onEvent?: LocalHome['onEvent'];
  onBranchFailed?(parallel: string): void;
}

async function followEvents(events: EventLogs, { onEvent, onBranchFailed }: Observer): Promise<void> {
  const entered = new Map<string, number>();
  for await (const event of events) {
    if (event.type === 'ParallelBranchFailed') onBranchFailed?.(event.parentState.name);
    if (!('state' in event)) continue;
    const { name: state, type } = event.state;
    switch (event.type) {
      case 'StateEntered':
        entered.set(state, event.timestamp);
        onEvent?.({ kind: 'state-entered', state, type });
        break;
      case 'StateExited':
        onEvent?.({
          kind: 'state-exited',
          state,
          type,
          seconds: (event.timestamp - (entered.get(state) ?? event.timestamp)) / 1000,
        });
        break;
      case 'StateRetried':
        onEvent?.({ kind: 'state-retried', state, attempt: event.retry.attempt });
        break;
    }
  }
}
