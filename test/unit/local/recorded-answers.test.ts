import type { Json, State } from '../../../src/local/definition.ts';
import { runMachine } from '../../../src/local/run-machine.ts';
import { aLocalHome, aMachine } from '../../support/local-machine.ts';

interface RecordedAnswer {
  source: string;
  state: State;
  input: Json;
  answer:
    | { status: 'SUCCEEDED'; output: Json; nextState?: string }
    | { status: 'FAILED'; error: string; cause: string };
}

const GUIDE = "AWS's developer guide, Using TestState";
/** `tests/aws/services/stepfunctions/v2/test_state` of github.com/localstack/localstack keeps what AWS answered on 2025-11-14. */
const SNAPSHOT = 'a recording of AWS';

/** Public answers of Step Functions' TestState for single states in JSONPath, with all that they were given. */
const ANSWERS: readonly RecordedAnswer[] = [
  {
    source: GUIDE,
    state: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.number', NumericEquals: 1, Next: 'Equals 1' },
        { Variable: '$.number', NumericEquals: 2, Next: 'Equals 2' },
      ],
      Default: 'No Match',
    },
    input: { number: 2 },
    answer: { status: 'SUCCEEDED', output: { number: 2 }, nextState: 'Equals 2' },
  },
  {
    source: GUIDE,
    state: {
      Type: 'Pass',
      InputPath: '$.payload',
      Parameters: { data: 1 },
      ResultPath: '$.result',
      OutputPath: '$.result.data',
      Next: 'Another State',
    },
    input: { payload: { foo: 'bar' } },
    answer: { status: 'SUCCEEDED', output: 1, nextState: 'Another State' },
  },
  {
    source: SNAPSHOT,
    state: {
      Type: 'Choice',
      Choices: [
        { Not: { Variable: '$.type', StringEquals: 'Private' }, Next: 'Public' },
        { Variable: '$.value', NumericEquals: 0, Next: 'ValueIsZero' },
        {
          And: [
            { Variable: '$.value', NumericGreaterThanEquals: 20 },
            { Variable: '$.value', NumericLessThan: 30 },
          ],
          Next: 'ValueInTwenties',
        },
      ],
      Default: 'DefaultState',
    },
    input: { type: 'Private', value: 22 },
    answer: { status: 'SUCCEEDED', output: { type: 'Private', value: 22 }, nextState: 'ValueInTwenties' },
  },
  {
    source: SNAPSHOT,
    state: {
      Type: 'Pass',
      InputPath: '$.initialData',
      Parameters: { staticValue: 'some value', 'inputValue.$': '$.fieldFromInput' },
      ResultPath: '$.modifiedData',
      End: true,
    },
    input: {
      initialData: { fieldFromInput: 'value from input', otherField: 'other' },
      unrelatedData: { someOtherField: 1234 },
    },
    answer: {
      status: 'SUCCEEDED',
      output: {
        initialData: { fieldFromInput: 'value from input', otherField: 'other' },
        unrelatedData: { someOtherField: 1234 },
        modifiedData: { staticValue: 'some value', inputValue: 'value from input' },
      },
    },
  },
  {
    source: SNAPSHOT,
    state: { Type: 'Succeed' },
    input: { Value: 'HelloWorld' },
    answer: { status: 'SUCCEEDED', output: { Value: 'HelloWorld' } },
  },
  {
    source: SNAPSHOT,
    state: { Type: 'Fail', Error: 'SomeFailure', Cause: "This state machines raises a 'SomeFailure' failure." },
    input: { Value: 'HelloWorld' },
    answer: {
      status: 'FAILED',
      error: 'SomeFailure',
      cause: "This state machines raises a 'SomeFailure' failure.",
    },
  },
];

/** The state in a machine of its own, each of whose next states tells its name and what it was given. */
function machineAround(state: State) {
  const rules = (state.Choices ?? []) as { Next: string }[];
  const targets = [state.Next, state.Default, ...rules.map(({ Next }) => Next)].filter((name) => name !== undefined);
  const reached = (nextState: unknown): State => ({
    Type: 'Pass',
    Parameters: { nextState, 'output.$': '$' },
    End: true,
  });
  return aMachine({ Tested: state, ...Object.fromEntries(targets.map((name) => [name, reached(name)])) });
}

async function answerLocally({ state, input }: RecordedAnswer): Promise<unknown> {
  const hasNext = state.Next !== undefined || state.Choices !== undefined;
  try {
    const output = await runMachine(aLocalHome(), machineAround(state), 'test', input);
    return { status: 'SUCCEEDED', ...(hasNext ? (output as object) : { output }) };
  } catch (error) {
    const { name, message } = error as Error;
    return { status: 'FAILED', error: name, cause: message };
  }
}

describe('the local runner does what Step Functions is publicly known to have answered', () => {
  it.each(ANSWERS.map((answer) => [answer.state.Type, answer.source, answer] as const))(
    '%s, of %s',
    async (_, __, recorded) => expect(await answerLocally(recorded)).toEqual(recorded.answer),
  );
});
