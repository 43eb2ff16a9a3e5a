import type { Finding } from '../base/finding.ts';
import { parseDeploymentConfig } from '../schema/deployment-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { isStopped, lookUpQuotas, readQuota } from './checks/ec2-quotas.ts';
import { unanswered } from './checks/examine.ts';
import { checkImage } from './checks/worker-image.ts';
import type { Context } from './choices.ts';
import { chosenQueues } from './queues.ts';
import type { AwsContext } from './with-deployment.ts';

/**
 * Refuses (`InvalidInputError`) a run whose jobs would never start, or start from another image than `kept`, this checkout's
 * choices, has: no image in the repository, quotas too small for one job of a queue. `onFinding` hears of what makes it slower, and of what could not be asked. A stack that does not tell its choices is
 * not asked about.
 */
export async function checkStart(
  { aws, deployment }: AwsContext,
  kept: Context,
  onFinding: (finding: Finding) => void,
): Promise<void> {
  if (!deployment.choices) return;
  const choices = parseDeploymentConfig(deployment.choices);
  const region = await aws.cloudFormation.config.region();
  const ask = <T>(name: string, answers: Promise<T[]>): Promise<T[]> =>
    answers.catch((error) => {
      onFinding(unanswered(name, error));
      return [];
    });
  for (const finding of await ask('Worker image', checkImage({ aws, region, choices, kept, deployment })))
    refuse(finding);
  const queues = chosenQueues(choices);
  const known = await ask('EC2 quotas', lookUpQuotas(queues));
  const lacking = known.map(({ need, vcpus }) => readQuota(need, vcpus, region)).filter(({ remedy }) => remedy);
  if (queues.some((queue) => isStopped(queue, known))) for (const finding of lacking) refuse(finding);
  for (const finding of lacking) onFinding(finding);
}

function refuse({ name, value, remedy }: Finding): void {
  if (remedy) throw new InvalidInputError(`${name}: ${value}; ${remedy}`);
}
