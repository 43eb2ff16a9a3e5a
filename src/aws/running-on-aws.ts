import { InvalidInputError } from '../schema/errors.ts';
import type { Store } from '../store/store.ts';
import { isOver, listExecutions } from './executions.ts';
import type { AwsOptions } from './settings.ts';
import { withDeployment } from './with-deployment.ts';

/** Ids of the runs that go on on AWS in a store; or why that could not be asked. */
export interface RunningOnAws {
  running: string[];
  unasked?: string;
}

/** What goes on in a bucket that a deployment has as its own; nothing where its stacks, or this account's, are not of that bucket. */
export async function findRunningOnAws(store: Store, options: AwsOptions): Promise<RunningOnAws> {
  try {
    return await withDeployment(options, async ({ aws, deployment, store: own }) => {
      if (own.uri !== store.uri) return { running: [] };
      const executions = await listExecutions(aws, deployment.stateMachineArn);
      return { running: executions.filter((execution) => !isOver(execution)).map(({ runId }) => runId) };
    });
  } catch (error) {
    if (error instanceof InvalidInputError) return { running: [], unasked: error.message };
    throw error;
  }
}
