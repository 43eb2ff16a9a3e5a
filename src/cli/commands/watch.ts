import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { STOPPED_BY_BUDGET } from '../options/budget-options.ts';
import { numberOption } from '../options/number-option.ts';

interface WatchOptions extends AwsCommandOptions {
  interval: number;
}

export function register(program: Command): void {
  const command = program
    .command('watch')
    .description('follow a run on AWS to its end; Ctrl-C ends the watching, not the run')
    .argument('<run>', 'id of the run')
    .option('--interval <seconds>', 'between two looks', numberOption({ least: 1 }), 15);
  withAwsOptions(command).action(watch);
}

async function watch(runId: string, options: WatchOptions): Promise<void> {
  const [{ withDeployment }, { createRunObserver }, { watchRun }, views] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../aws/observe-run.ts'),
    import('../../aws/watch-run.ts'),
    import('../views/watch-view.ts'),
  ]);
  const write = (text: string) => process.stdout.write(text);
  const view = options.json
    ? views.createJsonView(write)
    : process.stdout.isTTY
      ? views.createTerminalView(process.stdout)
      : views.createLineView(write);
  const ended = await withDeployment(options, ({ aws, store, deployment }) =>
    watchRun(createRunObserver(aws, store, deployment, runId), view.show, options.interval),
  );
  if (ended === 'stopped') process.exitCode = STOPPED_BY_BUDGET;
}
