import { App } from 'aws-cdk-lib';
import { readDeploymentConfig, readLookupEnvironment } from './config.ts';
import { createStacks } from './create-stacks.ts';

const app = new App();
const config = readDeploymentConfig(app.node);
createStacks(app, config, readLookupEnvironment(config, process.env));
