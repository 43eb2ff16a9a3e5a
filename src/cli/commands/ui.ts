import { once } from 'node:events';
import type { Command } from 'commander';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';

interface UiOptions {
  store: string;
  port: number;
  interval: number;
  aws?: boolean;
  profile?: string;
  region?: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('ui')
    .description(
      'a page for the browser of this machine: all runs of a store, each as it goes; reports; Ctrl-C ends it',
    )
    .option('--store <place>', 'folder or s3://bucket/prefix that the runs are in', '.rise')
    .option('--aws', 'the runs of the deployed stacks instead, as rise watch sees them')
    .option('--profile <name>', 'with --aws: of the AWS configuration')
    .option('--region <name>', 'with --aws: instead of AWS_REGION or that of the profile')
    .option('--port <n>', '0 takes one that is free', numberOption({ least: 0, isWhole: true }), 6117)
    .option('--interval <seconds>', 'between two looks at a run; 1, with --aws 5', numberOption({ least: 0.2 }))
    .option('--json', 'print one line: {"url", "place"}')
    .action(ui);
}

async function ui(options: UiOptions): Promise<void> {
  const { aws, profile, region } = options;
  if (!aws) {
    const [{ openStore }, { createStoreSource }] = await Promise.all([
      import('../../store/open-store.ts'),
      import('../../live/store-source.ts'),
    ]);
    return serve(createStoreSource(openStore(options.store)), options, 1);
  }
  const [{ withDeployment }, { createAwsSource }] = await Promise.all([
    import('../../aws/with-deployment.ts'),
    import('../../live/aws-source.ts'),
  ]);
  await withDeployment({ profile, region }, (context) => serve(createAwsSource(context), options, 5));
}

type Source = Parameters<typeof import('../../live/serve-live.ts').serveLive>[0];

async function serve(source: Source, { port, json, interval }: UiOptions, usualInterval: number): Promise<void> {
  const { serveLive } = await import('../../live/serve-live.ts');
  const stop = stopSignal();
  await using server = await serveLive(source, {
    ...{ port, interval: (interval ?? usualInterval) * 1000 },
    onFailure: (error) => console.error(error),
  });
  print(
    json
      ? JSON.stringify({ url: server.url, place: source.place })
      : `${source.place} at ${server.url}; Ctrl-C ends it`,
  );
  if (!stop.aborted) await once(stop, 'abort');
}
