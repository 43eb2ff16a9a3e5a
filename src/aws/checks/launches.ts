import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { Finding } from '../../base/finding.ts';
import { services } from '../clients.ts';
import type { Check } from './check.ts';

/** Auto Scaling groups of Batch: `AWSBatch-<compute environment>-asg-<id>`, as seen; no document promises it. */
const BATCH_GROUP = /^AWSBatch-/;
/** Older failures say little of now. */
const RECENT_MILLISECONDS = 24 * 60 * 60 * 1000;

/** The newest activity of Batch's groups, and its message where it failed: what Batch itself does not tell of a job that waits. */
function readLaunches(activities: readonly Activity[], now: number): Finding {
  const name = 'Last launch';
  const [last] = activities
    .filter(({ AutoScalingGroupName, StartTime }) => {
      return BATCH_GROUP.test(AutoScalingGroupName ?? '') && now - (StartTime?.getTime() ?? 0) < RECENT_MILLISECONDS;
    })
    .sort((left, right) => right.StartTime!.getTime() - left.StartTime!.getTime());
  if (last === undefined) return { name, value: 'none in the last 24 hours' };
  const value = `${last.StartTime!.toISOString()} ${last.StatusCode}`;
  return last.StatusCode === 'Failed'
    ? { name, value, remedy: last.StatusMessage ?? 'no reason given' }
    : { name, value };
}

/** Activities of the account's Auto Scaling groups; the newest are enough. */
export const checkLaunches: Check = async () => {
  const autoScaling = await services.autoScaling();
  const { Activities = [] } = await autoScaling.describeScalingActivities({});
  return [readLaunches(Activities, Date.now())];
};
