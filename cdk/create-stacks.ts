import { type App, type Environment, Tags, Validations } from 'aws-cdk-lib';
import type { DeploymentConfig } from './config.ts';
import { PROJECT_TAG } from './constructs/budget.ts';
import { DataStack } from './data-stack.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { SecurityChecks } from './security-checks.ts';

/** Both stacks, tagged for cost allocation and checked at synthesis. They fit any account and region when `env` is absent. */
export function createStacks(app: App, config: DeploymentConfig, env?: Environment) {
  const dataStack = new DataStack(app, 'RiseData', { env, config });
  const { dataBucket, workerImages } = dataStack;
  const pipelineStack = new PipelineStack(app, 'RisePipeline', { env, config, dataBucket, workerImages });
  Tags.of(app).add(PROJECT_TAG.key, PROJECT_TAG.value);
  Validations.of(app).addPlugins(new SecurityChecks(app));
  return { dataStack, pipelineStack };
}
