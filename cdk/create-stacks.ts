import { type App, Tags, Validations } from 'aws-cdk-lib';
import type { DeploymentConfig } from './config.ts';
import { PROJECT_TAG } from './constructs/budget.ts';
import { DataStack } from './data-stack.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { SecurityChecks } from './security-checks.ts';

/** Both stacks, tagged for cost allocation and checked at synthesis. They fit any account and region. */
export function createStacks(app: App, config: DeploymentConfig) {
  const dataStack = new DataStack(app, 'RiseData', { config });
  const { dataBucket, workerImages } = dataStack;
  const pipelineStack = new PipelineStack(app, 'RisePipeline', { config, dataBucket, workerImages });
  Tags.of(app).add(PROJECT_TAG.key, PROJECT_TAG.value);
  Validations.of(app).addPlugins(new SecurityChecks(app));
  return { dataStack, pipelineStack };
}
