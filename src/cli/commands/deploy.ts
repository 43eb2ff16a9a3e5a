import type { Command } from 'commander';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';

interface DeployOptions extends AwsCommandOptions {
  context: string[];
  yes?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('deploy')
    .description(
      'deploy both stacks, or what has changed of them: checks, synthesis, differences, your yes, deployment',
    )
    .option('-c, --context <name=value>', 'a choice of docs/aws.md; may be given again', collect, [])
    .option('--yes', 'deploy without asking');
  withAwsOptions(command).action(deploy);
}

const collect = (value: string, earlier: string[]) => [...earlier, value];

async function deploy({ context, yes = false, json = false, ...options }: DeployOptions): Promise<void> {
  const [{ deployStacks }, { renderDeployment }] = await Promise.all([
    import('../../aws/deploy-stacks.ts'),
    import('../views/render-aws.ts'),
  ]);
  const deployment = await deployStacks(options, { context, isAgreed: yes, isQuiet: json });
  if (!deployment) console.error('Nothing was deployed.');
  else if (json) print(JSON.stringify(deployment));
  else print(renderDeployment(deployment));
}
