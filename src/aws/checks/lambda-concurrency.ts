import type { Finding } from '../../base/finding.ts';
import { services } from '../clients.ts';
import type { Check } from './check.ts';

/** Scoring calls its function for 100 shards at once, the expert's for 8; the rest come one by one. */
const WANTED = 110;

/** Whether an account's calls of functions at once are enough for a Map to go at its own pace. */
function readConcurrency(limit: number, region: string): Finding {
  const finding = { name: 'Lambda concurrency', value: `${limit}, a run takes up to ${WANTED}` };
  if (limit >= WANTED) return finding;
  const request = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region ${region}`;
  return {
    ...finding,
    remedy: `calls are throttled and tried again, so that scoring takes longer; ask for more: ${request}`,
  };
}

/** What the account has, which in a new one is less than the default of the quota. */
export const checkConcurrency: Check = async ({ region }) => {
  const lambda = await services.lambda();
  const { AccountLimit } = await lambda.getAccountSettings({});
  return [readConcurrency(AccountLimit!.ConcurrentExecutions!, region)];
};
