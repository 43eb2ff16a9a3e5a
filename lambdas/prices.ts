import { z } from 'zod';
import { JOB_QUEUES } from '../src/schema/stage.ts';
import { LAUNCH_SECONDS } from '../src/sizing/rented-instance.ts';
import type { Prices } from '../src/stages/read-spending.ts';

const HourUsd = z.record(z.enum(JOB_QUEUES), z.number());

/** What jobs cost, as the stack says it in JSON; undefined on a machine of one's own. */
export function pricesOf(hourUsd: string | undefined): Prices | undefined {
  return hourUsd === undefined
    ? undefined
    : { hourUsd: HourUsd.parse(JSON.parse(hourUsd)), launchSeconds: LAUNCH_SECONDS };
}
