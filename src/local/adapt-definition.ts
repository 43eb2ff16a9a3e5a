import { InvalidInputError } from '../schema/errors.ts';
import type { Machine, State } from './definition.ts';

/** Resource of the task that stands for a Distributed Map: the interpreter knows inline ones only. */
export const DISTRIBUTED_MAP_RESOURCE = 'local:distributed-map';

const LAMBDA_RESOURCE = 'arn:aws:states:::lambda:invoke';
const BATCH_RESOURCE = 'arn:aws:states:::batch:submitJob.sync';

/** Fields of a Distributed Map that this project's definition does not use and the runner does not carry out. */
const UNSUPPORTED_MAP_FIELDS = ['ItemBatcher', 'ItemSelector', 'ItemsPath', 'ResultWriter', 'MaxConcurrencyPath'];
const TASK_FIELDS = ['Next', 'End', 'Retry', 'Catch', 'InputPath', 'ResultPath', 'ResultSelector', 'OutputPath'];
/** Longest delay of a timer, in seconds: the default of a task without a time-out. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

export type LocalTask = (
  | { kind: 'lambda'; state: string; timeoutSeconds: number }
  | { kind: 'batch'; state: string; timeoutSeconds: number }
  | { kind: 'distributed-map'; state: string; children: Machine; map: MapSettings }
) & {
  /** The Parallel state in one of whose branches it is: it stops when another branch fails. */
  parallel?: string;
};

export interface MapSettings {
  maxConcurrency: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
}

/**
 * Makes a definition one that the interpreter runs as Step Functions would: each Distributed Map becomes a task,
 * and every task is listed by what its resource needs. Throws `InvalidInputError` on what has no local counterpart.
 */
export function adaptDefinition(definition: Machine): { machine: Machine; tasks: LocalTask[] } {
  const tasks: LocalTask[] = [];
  return { machine: adaptMachine(definition, tasks), tasks };
}

function adaptMachine(machine: Machine, tasks: LocalTask[]): Machine {
  const states = Object.entries(machine.States).map(([name, state]) => [name, adaptState(name, state, tasks)]);
  return { ...machine, States: Object.fromEntries(states) };
}

function adaptState(name: string, state: State, tasks: LocalTask[]): State {
  switch (state.Type) {
    case 'Task': {
      const timeoutSeconds = state.TimeoutSeconds ?? LONGEST_TIMEOUT_SECONDS;
      tasks.push(describeTask(name, state, timeoutSeconds));
      return { ...state, TimeoutSeconds: timeoutSeconds };
    }
    case 'Parallel': {
      const inBranches: LocalTask[] = [];
      const branches = state.Branches?.map((branch) => adaptMachine(branch, inBranches));
      tasks.push(...inBranches.map((task) => ({ ...task, parallel: name })));
      return { ...state, Branches: branches };
    }
    case 'Map': {
      const processor = state.ItemProcessor;
      if (!processor) throw new InvalidInputError(`Map state ${name} has no ItemProcessor; Iterator is not supported`);
      const children = { ...processor, ...adaptMachine(processor, tasks) };
      if (processor.ProcessorConfig?.Mode !== 'DISTRIBUTED') return { ...state, ItemProcessor: children };
      return adaptDistributedMap(name, state, children, tasks);
    }
    case 'Fail':
      assertOwnName(name, state);
      return state;
    default:
      return state;
  }
}

/** An error name that begins with `States.` is Step Functions' own; one that is handed on, of a failed job for one, may be. */
function assertOwnName(name: string, { Error: errorName, ErrorPath }: State): void {
  if (ErrorPath === undefined && !String(errorName).startsWith('States.')) return;
  throw new InvalidInputError(
    `Fail state ${name} ends under ${ErrorPath ?? errorName}, which may be a name of Step Functions; give it an Error of its own`,
  );
}

function describeTask(state: string, { Resource }: State, timeoutSeconds: number): LocalTask {
  if (Resource === LAMBDA_RESOURCE) return { kind: 'lambda', state, timeoutSeconds };
  if (Resource === BATCH_RESOURCE) return { kind: 'batch', state, timeoutSeconds };
  throw new InvalidInputError(
    `Task state ${state} uses ${Resource}; locally only ${LAMBDA_RESOURCE} and ${BATCH_RESOURCE} run`,
  );
}

function adaptDistributedMap(name: string, state: State, children: Machine, tasks: LocalTask[]): State {
  const reader = state.ItemReader as { ReaderConfig?: { InputType?: string }; Parameters: object } | undefined;
  const unsupported = UNSUPPORTED_MAP_FIELDS.filter((field) => field in state);
  if (unsupported.length > 0 || reader?.ReaderConfig?.InputType !== 'JSON') {
    throw new InvalidInputError(
      `Distributed Map ${name} needs an ItemReader of JSON and none of ${UNSUPPORTED_MAP_FIELDS.join(', ')} to run locally`,
    );
  }
  const number = (field: string) => state[field] as number | undefined;
  tasks.push({
    kind: 'distributed-map',
    state: name,
    children,
    map: {
      maxConcurrency: number('MaxConcurrency') || Number.POSITIVE_INFINITY,
      toleratedFailureCount: number('ToleratedFailureCount'),
      toleratedFailurePercentage: number('ToleratedFailurePercentage'),
    },
  });
  const carried = TASK_FIELDS.flatMap((field) => (field in state ? [[field, state[field]]] : []));
  return {
    ...Object.fromEntries(carried),
    Type: 'Task',
    Resource: DISTRIBUTED_MAP_RESOURCE,
    Parameters: reader.Parameters,
    TimeoutSeconds: LONGEST_TIMEOUT_SECONDS,
  };
}
