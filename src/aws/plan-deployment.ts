import type { Finding } from '../base/finding.ts';
import { CHOICES, type DeploymentConfig, parseDeploymentConfig } from '../schema/deployment-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { checkEc2Quotas } from './checks/ec2-quotas.ts';
import { examine } from './checks/examine.ts';
import { extendZones, findUnoffered, listOfferings } from './checks/instance-offerings.ts';
import { type ChangedChoice, type Context, changedChoices, overlayChoices, readContext } from './choices.ts';
import { type AwsClients, services } from './clients.ts';
import { findDeployedZones } from './deployed-zones.ts';
import { findDeployedChoices } from './deployment.ts';
import { tagOfSources } from './image/image-tag.ts';
import { chosenQueues } from './queues.ts';

/** What somebody chooses, and where what was chosen before is kept. */
export interface GivenChoices {
  /** `name=value` each. */
  context: readonly string[];
  contextFile: string;
}

/** What a deployment will be made with. */
export interface DeploymentPlan {
  /** To be kept in the file once it is agreed to. */
  context: Context;
  choices: DeploymentConfig;
  /** Against what is deployed; on the first deployment, against the defaults. */
  changes: ChangedChoice[];
  /** Against the file: what CDK has to be told on its command line. */
  untold: ChangedChoice[];
  /** What the account lacks for it, which hinders jobs and not the deployment. */
  findings: Finding[];
}

/**
 * Lays the given choices over those of the file, and these over the deployed ones; looks up the zones of the chosen instances;
 * names this checkout's image where none is chosen. Throws `InvalidInputError` where a choice cannot be used here.
 */
export async function planDeployment(
  aws: AwsClients,
  { context: given, contextFile }: GivenChoices,
): Promise<DeploymentPlan> {
  const kept = readContext(contextFile);
  const told = await findDeployedChoices(aws);
  const deployed = knownChoices(told ?? {});
  const context = overlayChoices({ ...deployed, ...kept }, given);
  context.imageTag ??= tagOfSources();
  const choices = parseDeploymentConfig(context);
  const region = await aws.cloudFormation.config.region();
  if (choices.vpcId === undefined) {
    const zones = choices.availabilityZones ?? (told ? await findDeployedZones(aws) : []);
    choices.availabilityZones = await lookUpZones(choices, zones, region);
    context.availabilityZones = choices.availabilityZones;
  }
  return {
    context,
    choices,
    changes: changedChoices(deployed, context),
    untold: changedChoices(kept, context),
    findings: await examine({ 'EC2 quotas': checkEc2Quotas }, { aws, region, choices, kept }),
  };
}

/** A stack of another version may name choices that are none any more. */
const knownChoices = (deployed: Context): Context =>
  Object.fromEntries(CHOICES.filter((name) => deployed[name] !== undefined).map((name) => [name, deployed[name]]));

async function lookUpZones(choices: DeploymentConfig, kept: readonly string[], region: string): Promise<string[]> {
  const offerings = await listOfferings(await services.ec2(), region);
  const queues = chosenQueues(choices);
  const faults = queues.flatMap((queue) => findUnoffered(queue, offerings, region) ?? []);
  if (faults.length > 0) throw new InvalidInputError(faults.join('\n'));
  return extendZones(kept, queues, offerings);
}
