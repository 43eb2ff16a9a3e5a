import { App } from 'aws-cdk-lib';
import { readDeploymentConfig } from './config.ts';
import { createStacks } from './create-stacks.ts';

const app = new App();
createStacks(app, readDeploymentConfig(app.node));
