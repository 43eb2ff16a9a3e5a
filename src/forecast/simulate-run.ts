import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { adaptDefinition, type LocalTask } from '../local/adapt-definition.ts';
import type { Json, Machine } from '../local/definition.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { configKey } from '../schema/keys.ts';
import type { ExecutionInput } from '../schema/stage-inputs.ts';
import { type Assumptions, LOG_BYTES_PER_EVENT } from './assumptions.ts';
import { createVirtualClock } from './clock.ts';
import { peakOf } from './concurrency.ts';
import { type Cost, costOf, type Usage } from './cost.ts';
import { forecastCalls, type ModelCalls } from './model-calls.ts';
import { createModelStore } from './model-store.ts';
import type { QuotaUse } from './quotas.ts';
import { createSimulatedTasks, type SimulatedTasks } from './simulated-tasks.ts';
import { type StoredUse, storedByMonth, storedUses } from './storage.ts';
import { countTrajectories } from './workload.ts';

/** What a run would take on AWS. */
export interface Simulation {
  trajectories: number;
  seconds: number;
  /** By state, the longest first; states that overlap in time count each for itself. */
  secondsByState: Record<string, number>;
  cost: Cost;
  /** Of experts and judges behind endpoints. */
  calls: ModelCalls[];
  usage: Usage;
  stored: StoredUse[];
  /** GB-months in all, in each month from the start to the one after the end. */
  storedByMonth: number[];
  peak: { functions: number; rolloutGpus: number; trainingGpus: number };
  historyEvents: number;
  payloadBytes: number;
  quotas: QuotaUse[];
}

/** Most RL iterations that are walked; one takes a millisecond. */
const MOST_ITERATIONS = 10_000;
/** Events of an execution itself: started, succeeded. */
const EXECUTION_EVENTS = 2;
/** Events of a state, by what it does: entered and exited, and what lies between. */
const EVENTS = { lambda: 5, batch: 6, 'distributed-map': 6, Parallel: 4, Map: 4, other: 2 };

/**
 * Walks a synthesised state machine as Step Functions would, with the stages' own plans and modelled times, none of which
 * is waited for. Retries and failures do not happen. Throws `InvalidInputError` on more iterations than can be walked.
 */
export async function simulateRun(
  definition: Machine,
  config: RunConfig,
  assumptions: Assumptions,
): Promise<Simulation> {
  if (config.rl.iterations > MOST_ITERATIONS) {
    throw new InvalidInputError(
      `rl.iterations is ${config.rl.iterations}: each is walked, and more than ${MOST_ITERATIONS} take too long; ` +
        'simulate fewer, time and cost grow with their number',
    );
  }
  const runId = `${config.name}-0123456789ab`;
  const input: ExecutionInput = { runId, configKey: configKey(runId) };
  const clock = createVirtualClock();
  const store = createModelStore(input, config, assumptions);
  const { machine, tasks } = adaptDefinition(definition);
  const simulated = createSimulatedTasks({ clock, store, config, assumptions, definition });
  const historyEvents = await clock.drive(walk(machine, tasks, input, simulated));
  const seconds = clock.now();
  const { ledger, usage, storage, intervals, secondsByState, largestPayload } = simulated.account;
  usage.logBytes += historyEvents * LOG_BYTES_PER_EVENT;
  ledger.note('historyEvents', historyEvents);
  ledger.note('executionSeconds', seconds);
  const peak = {
    functions: peakOf(intervals.functions),
    rolloutGpus: peakOf(intervals.rollout),
    trainingGpus: peakOf(intervals.training),
  };
  ledger.note('functionConcurrency', peak.functions);
  const stored = storedUses(storage, seconds);
  const calls = forecastCalls(config, assumptions);
  const quotas = ledger.uses();
  return {
    trajectories: countTrajectories(config, assumptions),
    seconds,
    secondsByState: Object.fromEntries([...secondsByState].sort(([, left], [, right]) => right - left)),
    cost: costOf(usage, assumptions, stored, calls),
    calls,
    usage,
    stored,
    storedByMonth: storedByMonth(storage, seconds),
    peak,
    historyEvents,
    payloadBytes: largestPayload(),
    quotas,
  };
}

/** Runs the machine on simulated tasks to its end, and counts the events of its history. */
async function walk(
  machine: Machine,
  tasks: readonly LocalTask[],
  input: ExecutionInput,
  simulated: SimulatedTasks,
): Promise<number> {
  const kinds = new Map<string, keyof typeof EVENTS>(tasks.map(({ state, kind }) => [state, kind]));
  const options: RunOptions = {
    overrides: { taskResourceLocalHandlers: {} },
    context: { Execution: { Id: `simulated:${input.runId}`, Name: input.runId } },
  };
  const runChild = async (children: Machine, item: Json) => {
    await start(children, item, options).result;
  };
  for (const task of tasks) {
    options.overrides!.taskResourceLocalHandlers![task.state] = (parameters) =>
      simulated.perform(task, parameters as Json, runChild) as Promise<never>;
  }
  const execution = start(machine, input, options);
  let events = EXECUTION_EVENTS;
  const counted = (async () => {
    for await (const event of execution.eventLogs) {
      if (event.type !== 'StateEntered') continue;
      const { name, type } = event.state;
      events += EVENTS[kinds.get(name) ?? (type in EVENTS ? (type as 'Parallel' | 'Map') : 'other')];
      simulated.account.usage.stateTransitions += 1;
      simulated.account.notePayload(event.state.input, name);
    }
  })();
  await execution.result;
  await counted;
  return events;
}

/** The definition was checked when it was synthesised; the stand-in resources of the adapted one are no ARNs. */
function start(machine: Machine, input: unknown, options: RunOptions) {
  return new StateMachine(machine as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  }).run(input as never, options);
}
