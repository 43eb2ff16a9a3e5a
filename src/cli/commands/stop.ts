import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

export function register(program: Command): void {
  const command = program
    .command('stop')
    .description('stop a run on AWS and cancel its jobs; what is done is kept, rise resume goes on')
    .argument('<run>', 'id of the run');
  withAwsOptions(command).action(stop);
}

async function stop(runId: string, options: AwsCommandOptions): Promise<void> {
  const [{ withDeployment }, { stopRun }, { renderStoppedRun }] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../aws/stop-run.ts'),
    import('../views/render-aws.ts'),
  ]);
  const stopped = await withDeployment(options, ({ aws, deployment }) => stopRun(aws, deployment, runId));
  print(options.json ? JSON.stringify({ runId, ...stopped }) : renderStoppedRun(runId, stopped));
}
