import { Argument, type Command } from 'commander';
import { DOWNLOADS, type DownloadKind } from '../../aws/download-kinds.ts';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

interface DownloadOptions extends AwsCommandOptions {
  out?: string;
}

export function register(program: Command): void {
  const command = program
    .command('download')
    .description('fetch results of a run on AWS; the same command goes on where it was interrupted')
    .argument('<run>', 'id of the run')
    .addArgument(new Argument('[what...]', 'everything that is there when absent').choices(DOWNLOADS))
    .option('--out <folder>', 'where to; a folder named after the run when absent');
  withAwsOptions(command).action(download);
}

async function download(
  runId: string,
  what: DownloadKind[],
  { out = runId, ...options }: DownloadOptions,
): Promise<void> {
  const [{ withDeployment }, { downloadRun }, views] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../aws/download-run.ts'),
    import('../views/download-view.ts'),
  ]);
  const view = options.json ? views.createJsonView(print) : views.createTextView(process.stdout);
  await withDeployment(options, ({ store }) => downloadRun(store, { runId, kinds: what, folder: out }, view.onEvent));
}
