import type { Command } from 'commander';
import type { DeploymentPlan } from '../../aws/plan-deployment.ts';
import { toTerminalText } from '../../base/terminal-text.ts';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { repeated } from '../options/repeated.ts';
import { print } from '../print.ts';

interface DeployOptions extends AwsCommandOptions {
  context?: string[];
  yes?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('deploy')
    .description(
      'deploy both stacks, or what has changed of them: checks, synthesis, differences, your yes, deployment',
    )
    .option(
      '-c, --context <name=value>',
      'a choice of docs/aws.md, which is kept in cdk.context.json; may be given again',
      repeated,
    )
    .option('--yes', 'deploy without asking');
  withAwsOptions(command).action(deploy);
}

async function deploy({ context = [], yes = false, json = false, ...options }: DeployOptions): Promise<void> {
  const [{ deployStacks }, { contextPath }, { renderDeployment }, { renderChoices }] = await Promise.all([
    import('../../aws/deploy-stacks.ts'),
    import('../../aws/choices.ts'),
    import('../views/render-aws.ts'),
    import('../views/render-choices.ts'),
  ]);
  const onPlan = (plan: DeploymentPlan) => console.error(toTerminalText(renderChoices(plan)));
  const deployment = await deployStacks(options, {
    context,
    contextFile: contextPath,
    isAgreed: yes,
    isQuiet: json,
    onPlan,
  });
  if (!deployment) console.error('Nothing was deployed.');
  else if (json) print(JSON.stringify(deployment));
  else print(renderDeployment(deployment));
}
