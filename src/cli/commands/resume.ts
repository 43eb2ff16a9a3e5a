import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { type BudgetOptions, budgetOf, withBudgetOptions } from '../options/budget-options.ts';
import { print } from '../print.ts';

export function register(program: Command): void {
  const command = program
    .command('resume')
    .description(
      'go on with a run on AWS that failed, was stopped, or stopped at its budget; what is done returns at once',
    )
    .argument('<run>', 'id of the run');
  withAwsOptions(withBudgetOptions(command)).action(resume);
}

async function resume(runId: string, options: AwsCommandOptions & BudgetOptions): Promise<void> {
  const [{ resumeOnAws }, { renderStartedRun }] = await Promise.all([
    import('../../aws/start-on-aws.ts'),
    import('../views/render-aws.ts'),
  ]);
  print(renderStartedRun(await resumeOnAws(runId, options, budgetOf(options)), options));
}
