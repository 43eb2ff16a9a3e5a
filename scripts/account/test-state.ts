import type { SFN, TestStateCommandOutput } from '@aws-sdk/client-sfn';
import type { Outcome, StateCase } from './state-cases.ts';

/** Has Step Functions itself run one state with what a case says happens in it; nothing is called for real. */
export async function testState(stepFunctions: SFN, roleArn: string, stateCase: StateCase): Promise<Outcome> {
  const { state, input, happens } = stateCase;
  const request = { definition: JSON.stringify(state), roleArn, input: JSON.stringify(input) };
  return outcomeOf(await stepFunctions.testState(happens ? { ...request, ...mockOf(stateCase) } : request));
}

const TIME = '2026-01-01T00:00:00Z';
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:rise';
/** What a state can know of its execution; whole, or a mocked state does not begin. */
const CONTEXT = {
  Execution: { Id: `${MACHINE.replace('stateMachine', 'execution')}:run-1`, Name: 'run-1', Input: {}, StartTime: TIME },
  StateMachine: { Id: MACHINE, Name: 'rise' },
};

/** Names of what Step Functions would call are no matter here, nor is every field of their answers. */
function mockOf({ name, state, happens }: StateCase) {
  const isError = happens?.kind === 'error';
  return {
    context: JSON.stringify({ ...CONTEXT, State: { Name: name, EnteredTime: TIME, RetryCount: 0 } }),
    mock: isError
      ? { errorOutput: { error: happens.error, cause: 'mocked' } }
      : { result: JSON.stringify(happens?.result), fieldValidationMode: 'NONE' as const },
    stateConfiguration: {
      ...(isError && state.Type === 'Task' && { retrierRetryCount: happens.retries }),
      ...(state.ItemReader ? { mapItemReaderData: '["shard-0"]' } : {}),
    },
  };
}

export function outcomeOf({ status, nextState, error }: Partial<TestStateCommandOutput>): Outcome {
  if (status === 'SUCCEEDED') return { kind: 'goes-on', next: nextState };
  if (status === 'CAUGHT_ERROR') return { kind: 'caught', next: nextState! };
  if (status === 'RETRIABLE') return { kind: 'retried' };
  return { kind: 'failed', error: error ?? String(status) };
}
