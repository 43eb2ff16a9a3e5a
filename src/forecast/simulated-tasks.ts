import { z } from 'zod';
import type { LocalTask } from '../local/adapt-definition.ts';
import type { Json, Machine } from '../local/definition.ts';
import { type Account, createAccount } from './account.ts';
import type { Setting } from './setting.ts';
import { createSimulatedFunctions, type Repetition } from './simulated-functions.ts';
import { createSimulatedJobs } from './simulated-jobs.ts';

const ReaderParameters = z.object({ Key: z.string() });
const ONCE: Repetition = { items: 1, atOnce: 1 };

type RunChild = (children: Machine, item: Json) => Promise<void>;

/** Tasks that take no time but on the clock, and the account of what they would have done. */
export interface SimulatedTasks {
  account: Account;
  perform(task: LocalTask, parameters: Json, runChild: RunChild): Promise<unknown>;
}

/** Stands in for Lambda, Batch and Distributed Map, and keeps account of what they would have done. */
export function createSimulatedTasks(setting: Setting): SimulatedTasks {
  const { clock, store, definition } = setting;
  const account = createAccount();
  const { secondsByState } = account;
  const invoke = createSimulatedFunctions(setting, account);
  const submit = createSimulatedJobs(setting, account);
  const repetitions = new Map<string, Repetition>();

  async function perform(task: LocalTask, parameters: Json, runChild: RunChild): Promise<unknown> {
    const start = clock.now();
    account.notePayload(parameters, task.state);
    const output = await {
      lambda: () => invoke(task.state, parameters, repetitions.get(task.state) ?? ONCE),
      batch: () => submit(task.state, parameters),
      'distributed-map': () => map(task as LocalTask & { kind: 'distributed-map' }, parameters, runChild),
    }[task.kind]();
    account.notePayload(output, task.state);
    const seconds = clock.now() - start;
    if (!repetitions.has(task.state)) secondsByState.set(task.state, (secondsByState.get(task.state) ?? 0) + seconds);
    const timeout = findTimeout(definition, task.state);
    if (timeout) account.ledger.note('taskTimeoutShare', seconds / timeout, task.state);
    return output;
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
    account.notePayload(items[0], state);
    await runChild(children, items.at(-1)!);
    const seconds = clock.now() - start;
    await clock.sleep((Math.ceil(items.length / atOnce) - 1) * seconds);
    account.usage.stateTransitions += items.length * names.length;
    account.ledger.note('mapConcurrency', atOnce, state);
    if (isExpress(definition, state)) account.ledger.note('expressSeconds', seconds, state);
    return [];
  }

  return { account, perform };
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
