import type { Command } from 'commander';
import type { AwsOptions } from '../../aws/settings.ts';

/** What every command on AWS takes. */
export interface AwsCommandOptions extends AwsOptions {
  json?: boolean;
}

/** Adds the options that choose the account and the region, and `--json`. */
export function withAwsOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'of the AWS configuration; else AWS credentials as the AWS CLI finds them')
    .option('--region <name>', 'AWS region, instead of AWS_REGION or that of the profile')
    .option('--json', 'print JSON');
}
