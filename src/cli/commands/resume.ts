import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

export function register(program: Command): void {
  const command = program
    .command('resume')
    .description('go on with a run on AWS that failed or was stopped; what is done returns at once')
    .argument('<run>', 'id of the run');
  withAwsOptions(command).action(resume);
}

async function resume(runId: string, options: AwsCommandOptions): Promise<void> {
  const [{ resumeOnAws }, { renderStartedRun }] = await Promise.all([
    import('../../aws/start-on-aws.ts'),
    import('../views/render-aws.ts'),
  ]);
  print(renderStartedRun(await resumeOnAws(runId, options), options));
}
