import { App } from 'aws-cdk-lib';
import { readDeploymentConfig } from './config.ts';
import { DataStack } from './data-stack.ts';
import { PipelineStack } from './pipeline-stack.ts';

const app = new App();
const { dataBucket, workerImages } = new DataStack(app, 'RiseData');
new PipelineStack(app, 'RisePipeline', { dataBucket, workerImages, config: readDeploymentConfig(app.node) });
