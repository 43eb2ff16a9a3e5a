import type { Finding } from '../../base/finding.ts';
import { services } from '../clients.ts';
import { type ChosenQueue, chosenQueues } from '../queues.ts';
import type { Check } from './check.ts';

interface Quota {
  name: string;
  /** Quotas of the service `ec2`, counted in vCPUs. */
  code: string;
}

/**
 * Quotas by family of instance types. Names and codes: AWS General Reference, "Amazon EC2 endpoints and quotas", whose
 * rows link to each quota by its code (docs.aws.amazon.com/general/latest/gr/ec2-service.html).
 */
const QUOTAS: readonly { family: RegExp; onDemand: Quota; spot: Quota }[] = [
  {
    family: /^(g|vt)\w*\d/,
    onDemand: { name: 'Running On-Demand G and VT instances', code: 'L-DB2E81BA' },
    spot: { name: 'All G and VT Spot Instance Requests', code: 'L-3819A6DF' },
  },
  {
    family: /^p5/,
    onDemand: { name: 'Running On-Demand P instances', code: 'L-417A185B' },
    spot: { name: 'All P5 Spot Instance Requests', code: 'L-C4BD4855' },
  },
  {
    family: /^p\d/,
    onDemand: { name: 'Running On-Demand P instances', code: 'L-417A185B' },
    spot: { name: 'All P4, P3 and P2 Spot Instance Requests', code: 'L-7212CCBC' },
  },
];

/** What the queues need of one quota, in vCPUs. */
export interface QuotaNeed extends Quota {
  /** So much is used once every queue is as busy as it may be. */
  wanted: number;
  /** With less, no job of one of the queues starts on these instances. */
  least: number;
}

/** What the queues need of each quota; instance types of other families have none here. */
export function quotaNeeds(queues: readonly ChosenQueue[]): QuotaNeed[] {
  const needs = new Map<string, QuotaNeed>();
  for (const { instanceTypes, buying, maxVcpus, jobVcpus } of queues) {
    const quotas = instanceTypes.flatMap((type) => QUOTAS.find(({ family }) => family.test(type))?.[buying] ?? []);
    for (const quota of new Map(quotas.map((each) => [each.code, each])).values()) {
      const { wanted = 0, least = 0 } = needs.get(quota.code) ?? {};
      needs.set(quota.code, { ...quota, wanted: wanted + maxVcpus, least: Math.max(least, jobVcpus) });
    }
  }
  return [...needs.values()];
}

/** Whether a quota bears the queues, and what to ask for where it does not. */
export function readQuota({ name, code, wanted, least }: QuotaNeed, vcpus: number, region: string): Finding {
  const value = `${vcpus} vCPUs, the queues take up to ${wanted}`;
  if (vcpus >= wanted) return { name, value };
  const effect = vcpus < least ? 'no job starts on such instances' : 'fewer jobs run at once';
  const request = `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value ${wanted} --region ${region}`;
  return { name, value, remedy: `${effect}; ask for more, which takes hours to days: ${request}` };
}

/** A quota as it is, beside what is needed of it. */
export interface KnownQuota {
  need: QuotaNeed;
  vcpus: number;
}

/** Whether no instance of a queue could start, whichever of its types it is. */
export function isStopped(queue: ChosenQueue, known: readonly KnownQuota[]): boolean {
  const codes = quotaNeeds([queue]).map(({ code }) => code);
  const own = known.filter(({ need }) => codes.includes(need.code));
  return own.length > 0 && own.every(({ vcpus }) => vcpus < queue.jobVcpus);
}

/** The quotas that the queues need, as they are in this account and region. */
export async function lookUpQuotas(queues: readonly ChosenQueue[]): Promise<KnownQuota[]> {
  const serviceQuotas = await services.serviceQuotas();
  return Promise.all(
    quotaNeeds(queues).map(async (need) => {
      const { Quota: quota } = await serviceQuotas.getServiceQuota({ ServiceCode: 'ec2', QuotaCode: need.code });
      return { need, vcpus: quota!.Value! };
    }),
  );
}

/** Quotas of vCPUs against what the queues may take. */
export const checkEc2Quotas: Check = async ({ choices, region }) => {
  const quotas = await lookUpQuotas(chosenQueues(choices));
  return quotas.map(({ need, vcpus }) => readQuota(need, vcpus, region));
};
