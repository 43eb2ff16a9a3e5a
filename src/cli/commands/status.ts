import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

export function register(program: Command): void {
  const command = program
    .command('status')
    .description('where a run on AWS stands: stages, jobs and what they wait for, reward and cost so far')
    .argument('[run]', 'id of the run; without it, the runs of the last 90 days');
  withAwsOptions(command).action(status);
}

async function status(runId: string | undefined, options: AwsCommandOptions): Promise<void> {
  const [{ withDeployment }, { createRunObserver }, { renderExecutions, renderRun }, { listRuns }] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../aws/observe-run.ts'),
    import('../views/render-run.ts'),
    import('../../aws/executions.ts'),
  ]);
  await withDeployment(options, async ({ aws, store, deployment }) => {
    if (runId === undefined) {
      const runs = await listRuns(aws, deployment.stateMachineArn);
      print(options.json ? JSON.stringify({ runs }) : renderExecutions(runs));
      return;
    }
    const run = await createRunObserver(aws, store, deployment, runId).observe();
    print(options.json ? JSON.stringify(run) : renderRun(run, Date.now()));
  });
}
