import type { RunConfig } from '../schema/config/run-config.ts';
import { type DeploymentConfig, parseDeploymentConfig } from '../schema/deployment-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Deployment } from './deployment.ts';

type Granted = 'judgeModelIds' | 'expertModelIds';

/**
 * Refuses (`InvalidInputError`) a run whose judge or expert is a model of Bedrock that the stack lets no function call: it would
 * be asked in the middle of the run. A stack that does not tell its choices is not asked about.
 */
export function checkModels(
  config: Pick<RunConfig, 'expert' | 'rewards'>,
  { choices }: Pick<Deployment, 'choices'>,
): void {
  if (!choices) return;
  const allowed = parseDeploymentConfig(choices);
  const { options } = config.expert;
  checkModel('expert.options', config.expert.name === 'endpoint' ? options : undefined, 'expertModelIds', allowed);
  for (const [name, use] of Object.entries(config.rewards)) {
    checkModel(`rewards.${name}.options.judge`, use?.options.judge, 'judgeModelIds', allowed);
  }
}

function checkModel(
  place: string,
  endpoint: unknown,
  granted: Granted,
  allowed: Pick<DeploymentConfig, Granted>,
): void {
  const { provider, model } = (endpoint ?? {}) as { provider?: unknown; model?: unknown };
  if (provider !== 'bedrock' || typeof model !== 'string' || allowed[granted].includes(model)) return;
  const known = allowed[granted].length === 0 ? 'none' : allowed[granted].join(', ');
  throw new InvalidInputError(
    `${place}.model is ${model}, which the stack lets no function call (${granted}: ${known}); add it there and deploy`,
  );
}
