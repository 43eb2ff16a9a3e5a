import { casesOf, type Outcome, type StateCase } from '../../../scripts/account/state-cases.ts';
import { outcomeOf } from '../../../scripts/account/test-state.ts';
import { type Json, readDefinition, type State } from '../../../src/local/definition.ts';
import { runMachine } from '../../../src/local/run-machine.ts';
import { aLocalHome, aMachine } from '../../support/local-machine.ts';

const cases = casesOf(readDefinition());
/** Those whose work is a function's, or none: jobs and Maps have processes and a store of their own. */
const isSimple = ({ state }: StateCase) =>
  state.Type === 'Choice' || state.Type === 'Fail' || (state.Resource?.includes('lambda') ?? false);

/** The state alone in a machine of the local runner, whose next states say that they were reached; it waits for no retry. */
async function runLocally({ state, input, happens }: StateCase): Promise<Outcome> {
  const { Next, Default, Choices = [], Catch = [], Retry = [] } = state;
  const rules = [...(Choices as { Next: string }[]), ...(Catch as { Next: string }[])];
  const targets = [Next, Default, ...rules.map((rule) => rule.Next)].filter((name) => name !== undefined) as string[];
  const reached = (name: string): State => ({ Type: 'Pass', Parameters: { reached: name }, End: true });
  const retriers = (Retry as object[]).map((retrier) => ({ ...retrier, IntervalSeconds: 0, MaxDelaySeconds: 1 }));
  const tested: State = { ...state, ...(retriers.length > 0 && { Retry: retriers }) };
  const machine = aMachine({ Tested: tested, ...Object.fromEntries(targets.map((name) => [name, reached(name)])) });
  let calls = 0;
  const name = /function:([^:]+)/.exec(JSON.stringify(state.Parameters ?? ''))?.[1]?.replace(/".*/, '') ?? 'none';
  const home = aLocalHome({
    [name]: () => {
      calls += 1;
      if (happens?.kind === 'error') throw Object.assign(new Error('mocked'), { name: happens.error });
      return (happens!.result as { Payload: Json }).Payload;
    },
  });
  try {
    const { reached: next } = ((await runMachine(home, machine, 'test', input)) ?? {}) as { reached?: string };
    return happens?.kind === 'error' ? { kind: 'caught', next: next! } : { kind: 'goes-on', next };
  } catch (error) {
    return { kind: 'failed', error: (error as Error).name };
  } finally {
    if (happens?.kind === 'error') expect(calls).toBe(1 + triesAgain(state, happens.error));
  }
}

const triesAgain = ({ Retry = [] }: State, error: string): number =>
  (Retry as { ErrorEquals: string[]; MaxAttempts: number }[]).find(({ ErrorEquals }) => ErrorEquals.includes(error))
    ?.MaxAttempts ?? 0;

describe('the cases of the state machine', () => {
  it('are of every state, each way out of it', () => {
    const states = new Set(cases.map(({ name }) => name));
    expect(states.size).toBeGreaterThan(25);
    const kinds = (name: string) => cases.filter((each) => each.name === name).map(({ expected }) => expected.kind);
    expect(kinds('Validate')).toEqual(['goes-on', 'retried', 'caught', 'retried', 'caught', 'caught']);
    expect(kinds('GoesAhead')).toEqual(['goes-on', 'goes-on', 'goes-on']);
    expect(kinds('ScoreShard')).toEqual(expect.arrayContaining(['goes-on', 'retried', 'failed']));
  });

  it.each(
    cases
      .filter(isSimple)
      .filter(({ expected }) => expected.kind !== 'retried')
      .map((each) => [each.name, each.title, each]),
  )('in the local runner: %s, %s', async (_, __, stateCase) => {
    expect(await runLocally(stateCase as StateCase)).toEqual((stateCase as StateCase).expected);
  });

  it.each<[Parameters<typeof outcomeOf>[0], Outcome]>([
    [
      { status: 'SUCCEEDED', nextState: 'Plan' },
      { kind: 'goes-on', next: 'Plan' },
    ],
    [
      { status: 'CAUGHT_ERROR', nextState: 'RecordFailure', error: 'x' },
      { kind: 'caught', next: 'RecordFailure' },
    ],
    [{ status: 'RETRIABLE', error: 'x' }, { kind: 'retried' }],
    [
      { status: 'FAILED', error: 'RunFailed' },
      { kind: 'failed', error: 'RunFailed' },
    ],
  ])('are compared with what TestState answers: %j', (answer, outcome) => expect(outcomeOf(answer)).toEqual(outcome));
});
