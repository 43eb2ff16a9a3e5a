import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../aws-options.ts';

export function registerStop(program: Command): void {
  const command = program
    .command('stop')
    .description('stop a run on AWS and cancel its jobs; what is done is kept, rise resume goes on')
    .argument('<run>', 'id of the run');
  withAwsOptions(command).action(stop);
}

async function stop(runId: string, options: AwsCommandOptions): Promise<void> {
  const [{ withDeployment }, { stopRun }] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../aws/stop-run.ts'),
  ]);
  const stopped = await withDeployment(options, ({ aws, deployment }) => stopRun(aws, deployment, runId));
  if (options.json) {
    console.log(JSON.stringify({ runId, ...stopped }));
    return;
  }
  console.log(stopped.wasRunning ? `run ${runId} is stopped` : `run ${runId} had ended before`);
  for (const jobId of stopped.cancelledJobs) console.log(`  cancelled job ${jobId}`);
  console.log(`next  rise resume ${runId}`);
}
