import type { Node } from 'constructs';
import { CHOICES, type DeploymentConfig, parseDeploymentConfig } from '../src/schema/deployment-config.ts';

export type { DeploymentConfig };

/** The only reader of context. Throws as `parseDeploymentConfig`. */
export const readDeploymentConfig = (node: Node): DeploymentConfig =>
  parseDeploymentConfig(Object.fromEntries(CHOICES.map((name) => [name, node.tryGetContext(name)])));
