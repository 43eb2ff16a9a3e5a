/**
 * `npm run check:account [-- --profile NAME --region NAME]`, for the owner of an account in which the stacks are deployed: has
 * Step Functions run every state of the deployed machine with mocked results and errors (TestState), and compares where each
 * goes on with what the definition means here. Nothing is started and nothing is paid for; it takes `states:TestState`,
 * `states:DescribeStateMachine`, `cloudformation:DescribeStacks` and `iam:PassRole` of the machine's role.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { withDeployment } from '../../src/aws/with-deployment.ts';
import { mapBounded } from '../../src/base/bounded.ts';
import { reportError } from '../../src/cli/report-error.ts';
import type { Outcome } from './state-cases.ts';
import { casesOf } from './state-cases.ts';
import { testState } from './test-state.ts';

/** TestState is throttled early. */
const CALLS_AT_ONCE = 2;

async function checkAccount(options: { profile?: string; region?: string }): Promise<number> {
  return withDeployment(options, async ({ aws: { stepFunctions }, deployment }) => {
    const { stateMachineArn } = deployment;
    // TestState is at a host of its own, sync-states...; an emulator has but one.
    stepFunctions.config.disableHostPrefix = process.env.AWS_ENDPOINT_URL !== undefined;
    const { definition, roleArn } = await stepFunctions.describeStateMachine({ stateMachineArn });
    const cases = casesOf(JSON.parse(definition!));
    const strays = await mapBounded(cases, CALLS_AT_ONCE, async (stateCase) => {
      const outcome = await testState(stepFunctions, roleArn!, stateCase).catch(refused);
      const isRight = isDeepStrictEqual(outcome, stateCase.expected);
      const told = isRight ? describe(outcome) : `${describe(outcome)}, not ${describe(stateCase.expected)}`;
      console.log(`${isRight ? 'ok   ' : 'WRONG'} ${stateCase.name}, ${stateCase.title}: ${told}`);
      return isRight ? 0 : 1;
    });
    const wrong = strays.reduce((sum: number, stray) => sum + stray, 0);
    console.log(`${cases.length - wrong} of ${cases.length} cases are as expected`);
    return wrong === 0 ? 0 : 1;
  });
}

/** What Step Functions itself would not take is no end of the others. */
const refused = (error: Error): Outcome => ({ kind: 'failed', error: `refused: ${error.name}: ${error.message}` });

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'goes-on':
      return outcome.next ? `goes on with ${outcome.next}` : 'ends';
    case 'caught':
      return `is caught by ${outcome.next}`;
    case 'retried':
      return 'is tried again';
    case 'failed':
      return `fails as ${outcome.error}`;
  }
}

const { values } = parseArgs({ options: { profile: { type: 'string' }, region: { type: 'string' } } });
process.exitCode = await checkAccount(values).catch((error) => reportError(error, process.argv));
