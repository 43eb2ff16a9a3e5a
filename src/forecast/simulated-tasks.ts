import { z } from 'zod';
import type { LocalTask } from '../local/adapt-definition.ts';
import type { Json, Machine } from '../local/definition.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { JOB_QUEUES, type JobQueue } from '../schema/stage.ts';
import { FUNCTION_NAMES, type FunctionName, JOB_NAMES, STAGES } from '../schema/stages.ts';
import { runPlan } from '../stages/plan/run-plan.ts';
import { runValidate } from '../stages/validate/run-validate.ts';
import type { Store } from '../store/store.ts';
import { type Assumptions, LAUNCH_SECONDS } from './assumptions.ts';
import type { VirtualClock } from './clock.ts';
import type { Interval } from './concurrency.ts';
import { NO_USAGE, type Usage } from './cost.ts';
import { modelFunction } from './model-functions.ts';
import { modelJob } from './model-jobs.ts';
import { createQuotaLedger } from './quotas.ts';

const nameOf = (arn: string) => arn.slice(arn.search(/[^:/]+$/));
const Invoke = z.object({ FunctionName: z.string().transform(nameOf).pipe(z.enum(FUNCTION_NAMES)), Payload: z.json() });
const SubmitJob = z.object({
  JobName: z.enum(JOB_NAMES),
  JobQueue: z.string().transform(nameOf).pipe(z.enum(JOB_QUEUES)),
  ArrayProperties: z.object({ Size: z.int() }).optional(),
  ContainerOverrides: z.object({ Environment: z.array(z.object({ Name: z.string(), Value: z.string() })) }),
  Timeout: z.object({ AttemptDurationSeconds: z.number() }).optional(),
});
const ReaderParameters = z.object({ Key: z.string() });

/** What Lambda says of a call, beside the payload that it returns. */
const INVOCATION = { ExecutedVersion: '$LATEST', SdkHttpMetadata: 'x'.repeat(900), StatusCode: 200 };

interface Setting {
  clock: VirtualClock;
  store: Store;
  config: RunConfig;
  assumptions: Assumptions;
  definition: Machine;
}

/** So many calls of each task, of which so many run at once. */
interface Repetition {
  items: number;
  atOnce: number;
}
const ONCE: Repetition = { items: 1, atOnce: 1 };

type RunChild = (children: Machine, item: Json) => Promise<void>;

/** Stands in for Lambda, Batch and Distributed Map, and keeps account of what they would have done. */
export function createSimulatedTasks({ clock, store, config, assumptions, definition }: Setting) {
  const ledger = createQuotaLedger();
  const usage: Usage = { ...NO_USAGE };
  const secondsByState = new Map<string, number>();
  const intervals: Record<'functions' | JobQueue, Interval[]> = {
    functions: [],
    rollout: [],
    training: [],
  };
  const queueFreeAt = { rollout: 0, training: 0 };
  const repetitions = new Map<string, Repetition>();
  let largest = 0;

  const notePayload = (value: unknown, state: string) => {
    const bytes = Buffer.byteLength(JSON.stringify(value ?? null));
    largest = Math.max(largest, bytes);
    ledger.note('payloadBytes', bytes, state);
  };

  async function perform(task: LocalTask, parameters: Json, runChild: RunChild): Promise<unknown> {
    const start = clock.now();
    notePayload(parameters, task.state);
    const output = await {
      lambda: () => invoke(task.state, parameters),
      batch: () => submit(task.state, parameters),
      'distributed-map': () => map(task as LocalTask & { kind: 'distributed-map' }, parameters, runChild),
    }[task.kind]();
    notePayload(output, task.state);
    const seconds = clock.now() - start;
    if (!repetitions.has(task.state)) secondsByState.set(task.state, (secondsByState.get(task.state) ?? 0) + seconds);
    const timeout = findTimeout(definition, task.state);
    if (timeout) ledger.note('taskTimeoutShare', seconds / timeout, task.state);
    return output;
  }

  async function invoke(state: string, parameters: Json): Promise<unknown> {
    const { FunctionName, Payload } = Invoke.parse(parameters);
    const { items, atOnce } = repetitions.get(state) ?? ONCE;
    const use = modelFunction(FunctionName, Payload, config, assumptions);
    ledger.note('functionSeconds', use.seconds, state);
    ledger.note('functionMemoryMiB', use.memoryMiB, state);
    ledger.note('s3ReadsPerSecond', (atOnce * use.s3Reads) / use.seconds, state);
    ledger.note('s3WritesPerSecond', (atOnce * use.s3Writes) / use.seconds, state);
    usage.functionCalls += items;
    usage.functionSeconds += items * use.seconds;
    usage.s3Reads += items * use.s3Reads;
    usage.s3Writes += items * use.s3Writes;
    const waves = Math.ceil(items / atOnce);
    intervals.functions.push({ start: clock.now(), end: clock.now() + waves * use.seconds, count: atOnce });
    await clock.sleep(use.seconds);
    return { ...INVOCATION, Payload: await answer(FunctionName, Payload) };
  }

  /** What the machine branches on comes from the stages themselves; no state reads what the others return. */
  async function answer(name: FunctionName, event: unknown): Promise<unknown> {
    const deps = { store, report: () => {} };
    if (name === 'validate') return runValidate(deps, STAGES.validate.input.parse(event));
    if (name === 'plan') return runPlan(deps, STAGES.plan.input.parse(event));
    return {};
  }

  /** Jobs of a queue run one array after the other, its children on as many GPUs as there are. */
  async function submit(state: string, parameters: Json): Promise<unknown> {
    const job = SubmitJob.parse(parameters);
    const children = job.ArrayProperties?.Size ?? 1;
    ledger.note('submitBytes', Buffer.byteLength(JSON.stringify(parameters)), state);
    ledger.note('arraySize', children, state);
    const input = job.ContainerOverrides.Environment.find(({ Name }) => Name === 'RISE_INPUT');
    if (!input) throw new InvalidInputError(`${state} gives its job no RISE_INPUT; add it to the container overrides`);
    const seconds = modelJob(job.JobName, JSON.parse(input.Value), config, assumptions);
    if (job.Timeout) ledger.note('attemptShare', seconds / job.Timeout.AttemptDurationSeconds, state);
    const queue = job.JobQueue;
    const gpus = Math.min(children, queue === 'rollout' ? assumptions.rolloutGpus : assumptions.trainingGpus);
    const start = Math.max(clock.now(), queueFreeAt[queue]);
    const end = start + LAUNCH_SECONDS + Math.ceil(children / gpus) * seconds;
    queueFreeAt[queue] = end;
    intervals[queue].push({ start, end, count: gpus });
    usage[queue === 'rollout' ? 'rolloutGpuSeconds' : 'trainingGpuSeconds'] +=
      children * seconds + gpus * LAUNCH_SECONDS;
    await clock.sleep(end - clock.now());
    return { JobName: job.JobName, Status: 'SUCCEEDED' };
  }

  /** One child stands for all of them: they are alike but for their shard. */
  async function map(
    { state, children, map: { maxConcurrency } }: LocalTask & { kind: 'distributed-map' },
    parameters: Json,
    runChild: RunChild,
  ): Promise<unknown> {
    const { Key } = ReaderParameters.parse(parameters);
    const items: Json[] = JSON.parse((await store.read(Key)).toString('utf8'));
    const atOnce = Math.min(items.length, maxConcurrency);
    const names = Object.keys(children.States);
    for (const name of names) repetitions.set(name, { items: items.length, atOnce });
    const start = clock.now();
    notePayload(items[0], state);
    await runChild(children, items.at(-1)!);
    const seconds = clock.now() - start;
    await clock.sleep((Math.ceil(items.length / atOnce) - 1) * seconds);
    usage.stateTransitions += items.length * names.length;
    ledger.note('mapConcurrency', atOnce, state);
    if (isExpress(definition, state)) ledger.note('expressSeconds', seconds, state);
    return [];
  }

  return { perform, notePayload, ledger, usage, secondsByState, intervals, largestPayload: () => largest };
}

/** The state of that name, wherever it is in the machine. */
function findState(machine: Machine, name: string): Machine['States'][string] | undefined {
  if (machine.States[name]) return machine.States[name];
  const inner = Object.values(machine.States).flatMap(({ Branches = [], ItemProcessor }) => [
    ...Branches,
    ...(ItemProcessor ? [ItemProcessor] : []),
  ]);
  return inner.map((each) => findState(each, name)).find((state) => state !== undefined);
}

const findTimeout = (definition: Machine, state: string) => findState(definition, state)?.TimeoutSeconds;

function isExpress(definition: Machine, state: string): boolean {
  const { ProcessorConfig } = findState(definition, state)?.ItemProcessor ?? {};
  return (ProcessorConfig as { ExecutionType?: string } | undefined)?.ExecutionType === 'EXPRESS';
}
