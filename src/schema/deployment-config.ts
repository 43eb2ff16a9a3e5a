import { z } from 'zod';
import { InvalidInputError } from './errors.ts';

/** Days that CloudWatch Logs can keep a log group for, up to ten years. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** On the command line every value is text; in cdk.json it may be a number, a flag or a list. */
const whole = z.coerce.number('give a whole number').int('give a whole number').positive('give a whole number above 0');
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
  error: 'give true or false',
});
const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((items) => items.map((item) => item.trim()));
const instanceTypes = list.refine((types) => types.every((type) => /^[a-z][a-z0-9-]*\.[a-z0-9]+$/.test(type)), {
  error: 'give instance types separated by commas, such as g6e.4xlarge,g6e.8xlarge',
});
const retention = z.coerce
  .number()
  .refine((days) => RETENTIONS.includes(days), { error: `give one of ${RETENTIONS.join(', ')}` });

const price = z.coerce.number('give a price in USD, such as 1.50').positive('give a price above 0');
const modelIds = list
  .refine((ids) => ids.every((id) => /^([a-z-]+\.)?[a-z0-9-]+\.[\w:.-]+$/.test(id)), {
    error: 'give model ids separated by commas, such as amazon.nova-pro-v1:0,eu.amazon.nova-pro-v1:0',
  })
  .default([]);

interface Ages {
  coldAfterDays: number;
  trajectoryRetentionDays?: number;
  runRetentionDays?: number;
}
/** S3 refuses to delete what it has not yet moved. */
const isPastCold =
  (name: 'runRetentionDays' | 'trajectoryRetentionDays') =>
  ({ coldAfterDays, [name]: days }: Ages) =>
    days === undefined || days > coldAfterDays;
const tooSoon = (name: string) => ({ path: [name], error: 'give more days than coldAfterDays, or leave it out' });

/**
 * What an account may set with `--context name=value`, or in `cdk.context.json`.
 *
 * @example {
 *   notificationEmail: 'you@example.com',
 *   monthlyBudgetUsd: 500,
 *   budgetScope: 'compute',
 *   network: 'public',
 *   availabilityZones: ['us-east-1a', 'us-east-1d'],
 *   endpointZones: 1,
 *   rolloutInstanceTypes: ['g6e.4xlarge', 'g6e.8xlarge'],
 *   trainingInstanceTypes: ['g6e.4xlarge', 'g6e.8xlarge'],
 *   hosts: 'ec2',
 *   rolloutSpot: true,
 *   trainingSpot: false,
 *   rolloutMaxVcpus: 128,
 *   trainingMaxVcpus: 32,
 *   rolloutJobVcpus: 15,
 *   rolloutJobMemoryGiB: 112,
 *   trainingJobVcpus: 15,
 *   trainingJobMemoryGiB: 112,
 *   volumeGiB: 60,
 *   imageTag: 'none',
 *   judgeModelIds: [],
 *   expertModelIds: [],
 *   logRetentionDays: 90,
 *   coldAfterDays: 30,
 *   trainingStateRetentionDays: 14,
 *   supersededRetentionDays: 30,
 *   removalPolicy: 'retain',
 * }
 */
export const DeploymentConfig = z
  .strictObject({
    notificationEmail: z
      .email('give one e-mail address')
      .optional()
      .describe('who hears of failures, stuck jobs and the budget; subscribe others to the topic'),
    monthlyBudgetUsd: whole.default(500).describe('told of at 80 % spent and at 100 % forecast; it stops nothing'),
    budgetScope: z
      .enum(['compute', 'tag'], 'give compute or tag')
      .default('compute')
      .describe(
        "what the budget counts: the account's whole EC2 compute, in any account; or what is tagged Project=metis-rise, once the tag is activated by who pays the bill",
      ),
    vpcId: z
      .string()
      .regex(/^vpc-[0-9a-f]+$/, 'give an id such as vpc-0123456789abcdef0')
      .optional()
      .describe('an existing VPC; a new one when absent'),
    subnetIds: list
      .refine((ids) => ids.every((id) => /^subnet-[0-9a-f]+$/.test(id)), {
        error: 'give ids separated by commas, such as subnet-0123456789abcdef0',
      })
      .optional()
      .describe('the subnets of vpcId for the jobs, from which ECR, ECS, CloudWatch Logs and S3 can be reached'),
    network: z
      .enum(['isolated', 'public'], 'give isolated or public')
      .default('public')
      .describe(
        'of a new VPC: public addresses that nothing reaches, free when idle, or no route to the internet and endpoints billed by the hour',
      ),
    availabilityZones: list
      .refine((zones) => zones.length > 0 && zones.every((zone) => /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(zone)), {
        error: 'give names of zones separated by commas, such as us-east-1a,us-east-1d',
      })
      .optional()
      .describe(
        'of a new VPC: the zones that offer the instance types, which rise deploy looks up; the first two of the region when absent. New ones go to the end: another order replaces subnets',
      ),
    endpointZones: whole
      .max(2, 'give 1 or 2')
      .default(1)
      .describe('of an isolated network: availability zones with interface endpoints; one serves all'),
    rolloutInstanceTypes: instanceTypes
      .prefault('g6e.4xlarge,g6e.8xlarge')
      .describe('of rollouts and evaluation; several make spot capacity likelier'),
    trainingInstanceTypes: instanceTypes.prefault('g6e.4xlarge,g6e.8xlarge'),
    hosts: z
      .enum(['ec2', 'managed-instances'], 'give ec2 or managed-instances')
      .default('ec2')
      .describe(
        'who begins and patches instances: Batch, with host settings of this project, or ECS Managed Instances, with none; another choice replaces the queues',
      ),
    rolloutSpot: flag.default(true).describe('false runs rollouts and evaluation on demand'),
    trainingSpot: flag
      .default(false)
      .describe('true trains on spot: cheaper, and what was trained since the last checkpoint is lost at each reclaim'),
    rolloutMaxVcpus: whole.default(128).describe('of the queue; 0 are kept running'),
    trainingMaxVcpus: whole.default(32).describe('of the queue; 0 are kept running'),
    rolloutJobVcpus: whole
      .default(15)
      .describe('of each job of the rollout queue, to be met by the smallest of its instance types'),
    rolloutJobMemoryGiB: whole.default(112).describe('as rolloutJobVcpus'),
    trainingJobVcpus: whole.default(15).describe('as rolloutJobVcpus, of the training queue'),
    trainingJobMemoryGiB: whole.default(112).describe('as trainingJobVcpus'),
    volumeGiB: whole
      .min(40, 'give at least 40, for the system and the image')
      .default(60)
      .describe('disk of an instance: the system and the image; models go from the bucket to memory'),
    idleMinutes: whole
      .min(20, 'give 20 to 10080, or leave it out')
      .max(10_080, 'give 20 to 10080, or leave it out')
      .optional()
      .describe('how long an idle instance is kept, and paid, for the next job; Batch decides when absent'),
    imageTag: z
      .string()
      .regex(/^(\w[\w.-]{0,127}|sha256:[0-9a-f]{64})$/, 'give a tag of the repository, such as v1, or a digest')
      .default('none')
      .describe(
        "tag or digest of the GPU worker's image in the repository; rise deploy names the one of this checkout's sources, rise image pushes it",
      ),
    rolloutHourUsd: price
      .optional()
      .describe(
        'what the dashboard and rise status count for an hour of a job on the rollout queue; when absent, the price in src/sizing/prices.ts of the first of its instance types',
      ),
    trainingHourUsd: price.optional().describe('as rolloutHourUsd, of the training queue'),
    judgeModelIds: modelIds.describe('Bedrock models or inference profiles that scoring may call; none when absent'),
    expertModelIds: modelIds.describe('as judgeModelIds, of the expert'),
    logRetentionDays: retention.default(90),
    coldAfterDays: whole.default(30).describe('records of runs move to intelligent tiering at this age'),
    trajectoryRetentionDays: whole
      .optional()
      .describe('everything under trajectories/ is deleted at this age; kept when absent'),
    runRetentionDays: whole.optional().describe('everything under runs/ is deleted at this age; kept when absent'),
    trainingStateRetentionDays: whole
      .min(7, 'give at least 7, or a run that waits cannot go on')
      .default(14)
      .describe(
        'everything under training/, from which runs that are not done go on, is deleted at this age; what a run deletes there itself, after a day',
      ),
    supersededRetentionDays: whole
      .default(30)
      .describe('how long an overwritten or deleted object can be brought back'),
    removalPolicy: z
      .enum(['retain', 'destroy'], 'give retain or destroy')
      .default('retain')
      .describe('what deleting the data stack does to bucket, key and images'),
  })
  .refine(isPastCold('runRetentionDays'), tooSoon('runRetentionDays'))
  .refine(isPastCold('trajectoryRetentionDays'), tooSoon('trajectoryRetentionDays'))
  .refine(({ hosts, idleMinutes = 0 }) => hosts === 'ec2' || idleMinutes <= 60, {
    path: ['idleMinutes'],
    error: 'give at most 60 with hosts=managed-instances',
  })
  .refine(({ vpcId, subnetIds }) => (vpcId === undefined) === (subnetIds === undefined), {
    path: ['vpcId'],
    error: 'give vpcId and subnetIds together, or neither',
  });
export type DeploymentConfig = z.infer<typeof DeploymentConfig>;

/** Names of the choices. */
export const CHOICES = Object.keys(DeploymentConfig.shape) as (keyof DeploymentConfig)[];

/**
 * The choices among context values by name; empty ones count as absent. Throws `InvalidInputError`, naming each value
 * that cannot be used and what to give instead.
 */
export function parseDeploymentConfig(context: Record<string, unknown>): DeploymentConfig {
  const given = CHOICES.map((name) => [name, context[name]]).filter(([, value]) => value !== undefined && value !== '');
  const parsed = DeploymentConfig.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `context ${name} is ${JSON.stringify(context[name])}; ${message}`;
  });
  throw new InvalidInputError(faults.join('\n'));
}

/** The choices that are not the defaults: what a deployment tells of itself. */
export function chosenOf(config: DeploymentConfig): Partial<DeploymentConfig> {
  const defaults: Record<string, unknown> = DeploymentConfig.parse({});
  const isChosen = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(defaults[name]);
  return Object.fromEntries(Object.entries(config).filter(isChosen));
}
