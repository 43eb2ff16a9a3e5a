import type { Json, Machine, State } from '../../src/local/definition.ts';

/** What comes of a state: where the machine goes on, or that it tries again or ends. */
export type Outcome =
  | { kind: 'goes-on'; next: string | undefined }
  | { kind: 'caught'; next: string }
  | { kind: 'retried' }
  | { kind: 'failed'; error: string };

/** A state with what happens in it, and what must come of that. */
export interface StateCase {
  name: string;
  state: State;
  title: string;
  input: Json;
  /** Of the work of the state; absent where a state does none. */
  happens?: { kind: 'result'; result: Json } | { kind: 'error'; error: string; retries: number };
  expected: Outcome;
}

interface Rule {
  ErrorEquals: string[];
  MaxAttempts?: number;
  Next?: string;
}

/** Every path that a state of the machine reads. */
const INPUT = {
  runId: 'run-1',
  configKey: 'runs/run-1/config.json',
  iteration: 0,
  nextIteration: 1,
  iterations: 2,
  rollout: 'iteration-0',
  pipelined: true,
  shardCount: 2,
  shardsKey: 'runs/run-1/plan/iteration-0/shards.json',
  error: { Error: 'States.TaskFailed', Cause: 'exit code 1' },
};

/** What a state may hold besides. */
interface Told {
  expertModel: string;
  stopped: string;
  measured: boolean;
}

/** Inputs of the Choice states, by their comments, and which of their rules holds, if one does. */
const CHOICES: Record<string, readonly { changes: Partial<typeof INPUT & Told>; rule?: number }[]> = {
  'Measure the policy, another RL iteration, or diagnosis?': [
    { changes: { measured: true, nextIteration: 1 }, rule: 0 },
    { changes: { measured: true, nextIteration: 2 }, rule: 0 },
    { changes: { nextIteration: 1 }, rule: 1 },
    { changes: { nextIteration: 2 } },
  ],
  'Measure the policy?': [{ changes: { measured: true }, rule: 0 }, { changes: {} }],
  'Another RL iteration, or diagnosis?': [
    { changes: { nextIteration: 1 }, rule: 0 },
    { changes: { nextIteration: 2 } },
  ],
  'Batch arrays begin at two jobs': [{ changes: { shardCount: 1 }, rule: 0 }, { changes: { shardCount: 2 } }],
  'Room for what comes next?': [{ changes: { stopped: 'budget' }, rule: 0 }, { changes: {} }],
  'Is the expert a model that a job samples?': [
    { changes: { expertModel: 'models/0123456789abcdef/' }, rule: 0 },
    { changes: {} },
  ],
  'Sample the next rollout while training?': [
    { changes: { pipelined: true, nextIteration: 1 }, rule: 0 },
    { changes: { pipelined: false, nextIteration: 1 } },
    { changes: { pipelined: true, nextIteration: 2 } },
  ],
};

const OTHER_ERROR = 'States.TaskFailed';

/** Cases of every state, those inside of Maps and branches too: each way out of it once. */
export function casesOf(machine: Machine): StateCase[] {
  return Object.entries(machine.States).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    return [...casesOfState(name, state), ...inner.flatMap(casesOf)];
  });
}

function casesOfState(name: string, state: State): StateCase[] {
  if (state.Type === 'Choice') return casesOfChoice(name, state);
  const base = { name, state, input: INPUT };
  if (state.Type === 'Fail')
    return [{ ...base, title: 'ends', expected: { kind: 'failed', error: String(state.Error) } }];
  if (state.Type === 'Succeed') return [{ ...base, title: 'ends', expected: goesOn(undefined) }];
  const result = { kind: 'result', result: resultOf(state) } as const;
  const done: StateCase = { ...base, title: 'is done', happens: result, expected: goesOn(state.Next) };
  const retriers = (state.Retry ?? []) as Rule[];
  const retried = retriers.flatMap(({ ErrorEquals: [error], MaxAttempts = 3 }): StateCase[] => [
    { ...base, title: `${error}, first`, happens: failing(error, 0), expected: { kind: 'retried' } },
    { ...base, title: `${error}, last`, happens: failing(error, MaxAttempts), expected: afterError(state, error) },
  ]);
  const failed = {
    ...base,
    title: 'fails',
    happens: failing(OTHER_ERROR, 0),
    expected: afterError(state, OTHER_ERROR),
  };
  return [done, ...retried, failed];
}

function casesOfChoice(name: string, state: State): StateCase[] {
  const rules = state.Choices as { Next: string }[];
  const cases = CHOICES[String(state.Comment)];
  if (!cases) throw new Error(`no inputs are known for ${name}, "${state.Comment}"; add them to CHOICES`);
  return cases.map(({ changes, rule }) => ({
    name,
    state,
    title: JSON.stringify(changes),
    input: { ...INPUT, ...changes },
    expected: goesOn(rule === undefined ? state.Default : rules[rule].Next),
  }));
}

const goesOn = (next: unknown): Outcome => ({ kind: 'goes-on', next: next as string | undefined });
const failing = (error: string, retries: number) => ({ kind: 'error', error, retries }) as const;

function afterError(state: State, error: string): Outcome {
  const catchers = (state.Catch ?? []) as Rule[];
  const catcher = catchers.find(({ ErrorEquals }) =>
    ErrorEquals.some((name) => name === error || name === 'States.ALL'),
  );
  return catcher ? { kind: 'caught', next: catcher.Next! } : { kind: 'failed', error };
}

/** A result in the shape that the work of the state gives. */
function resultOf({ Type, Resource = '', Branches = [] }: State): Json {
  if (Type === 'Map') return [];
  if (Type === 'Parallel') return Branches.map(() => INPUT);
  if (Resource.includes('lambda')) return { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: INPUT };
  return { JobName: 'any', JobId: 'any', Status: 'SUCCEEDED' };
}
