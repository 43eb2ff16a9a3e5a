import { dirname } from 'node:path';
import type { Command } from 'commander';
import { toTerminalText } from '../../base/terminal-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

interface StartOptions extends AwsCommandOptions {
  aws?: boolean;
  runId?: string;
  seed?: number;
  fresh?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('start')
    .description('start the whole recipe on AWS; starting twice starts once')
    .argument('<config>', 'run config, a YAML file; paths in it are relative to it')
    .option('--aws', 'say that this is meant to run, and to cost, on AWS')
    .option('--run-id <id>', 'name of the run; by default the name in the config and a hash of all that goes in')
    .option('--seed <n>', 'instead of the seed in the config', numberOption({ least: 0, isWhole: true }))
    .option('--fresh', 'do all of it anew: take nothing that an earlier run on the store has made of the same');
  withAwsOptions(command).action(start);
}

async function start(configPath: string, options: StartOptions): Promise<void> {
  if (!options.aws) {
    throw new InvalidInputError('rise start runs on AWS and costs money there; say so with --aws, or use rise run');
  }
  const [{ readRunConfig }, { startOnAws }, { contextPath }, { renderStartedRun }] = await Promise.all([
    import('../../launch/read-run-config.ts'),
    import('../../aws/start-on-aws.ts'),
    import('../../aws/choices.ts'),
    import('../views/render-aws.ts'),
  ]);
  const config = await readRunConfig(configPath);
  if (options.seed !== undefined) config.seed = options.seed;
  const started = await startOnAws(
    config,
    dirname(configPath),
    { ...options, contextFile: contextPath },
    {
      onUpload: (key) => console.error(`uploading ${key}`),
      onFinding: ({ name, value, remedy }) => console.error(toTerminalText(`${name}: ${value}; ${remedy}`)),
    },
  );
  print(renderStartedRun(started, options));
}
