import { stripVTControlCharacters } from 'node:util';
import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

interface LogsOptions extends AwsCommandOptions {
  job?: string;
}

export function register(program: Command): void {
  const command = program
    .command('logs')
    .description('what a GPU job of a run on AWS printed: every attempt, every child of an array')
    .argument('<run>', 'id of the run')
    .option('--job <id>', 'as rise status shows it, or one child as id:index; the last job when absent');
  withAwsOptions(command).action(logs);
}

async function logs(runId: string, { job, ...options }: LogsOptions): Promise<void> {
  const [{ withDeployment }, { lastJobOf, readJobLog }] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../aws/job-log.ts'),
  ]);
  await withDeployment(options, async ({ aws, deployment }) => {
    const jobId = job ?? (await lastJobOf(aws, deployment, runId));
    for await (const line of readJobLog(aws, jobId)) {
      if (options.json) print(JSON.stringify(line));
      else print(stripVTControlCharacters(`${line.time.toISOString()} ${line.job}  ${line.message}`));
    }
  });
}
