import { FUNCTION_MEMORY_MIB } from '../schema/stage.ts';
import { SERVICE_USD } from '../sizing/prices.ts';
import { type Assumptions, KMS_SHARE_OF_S3, LOG_DAYS, VOLUME_GIB } from './assumptions.ts';
import type { ModelCalls } from './model-calls.ts';
import { MONTH_SECONDS, type StoredUse } from './storage.ts';

/** What is billed by use, counted. */
export interface Usage {
  rolloutGpuSeconds: number;
  trainingGpuSeconds: number;
  /** Of the GPUs' seconds, those that they wait for weights: received, and saved. */
  movingSeconds: number;
  /** Of them, those in which instances start. */
  launchSeconds: number;
  functionCalls: number;
  functionSeconds: number;
  stateTransitions: number;
  s3Reads: number;
  /** PUT, parts of uploads and LIST. */
  s3Writes: number;
  logBytes: number;
}

export const NO_USAGE: Usage = {
  rolloutGpuSeconds: 0,
  trainingGpuSeconds: 0,
  movingSeconds: 0,
  launchSeconds: 0,
  functionCalls: 0,
  functionSeconds: 0,
  stateTransitions: 0,
  s3Reads: 0,
  s3Writes: 0,
  logBytes: 0,
};

/** What is paid in USD: for the run by part, in the month after it, and in each month from then on. */
export interface Cost {
  rolloutGpus: number;
  trainingGpus: number;
  /** Of the GPUs' instances. */
  disksAndAddresses: number;
  lambda: number;
  stepFunctions: number;
  /** Experts and judges, where they have a price. */
  models: number;
  s3Requests: number;
  kmsRequests: number;
  logs: number;
  /** While the run goes on. */
  storage: number;
  total: number;
  /** Storage in the month after: what expires is there for a part of it. */
  monthAfter: number;
  /** Storage of what nothing deletes. */
  perMonth: number;
}

const HOUR_SECONDS = 3600;
const GIB = 2 ** 30 / 1e9;

/** What usage and storage cost; nothing is free of charge, and S3 Standard is what all lies in. */
export function costOf(
  usage: Usage,
  { rolloutHourUsd, trainingHourUsd }: Pick<Assumptions, 'rolloutHourUsd' | 'trainingHourUsd'>,
  stored: readonly StoredUse[],
  calls: readonly Pick<ModelCalls, 'usd'>[],
): Cost {
  const gpuSeconds = usage.rolloutGpuSeconds + usage.trainingGpuSeconds;
  const requests = usage.s3Reads + usage.s3Writes;
  const usdOf = (amount: (use: StoredUse) => number) =>
    SERVICE_USD.s3GbMonth * stored.reduce((sum, use) => sum + amount(use), 0);
  const logGb = usage.logBytes / 1e9;
  const logMonth = logGb * SERVICE_USD.logGbMonth;
  const parts = {
    rolloutGpus: (usage.rolloutGpuSeconds / HOUR_SECONDS) * rolloutHourUsd,
    trainingGpus: (usage.trainingGpuSeconds / HOUR_SECONDS) * trainingHourUsd,
    disksAndAddresses:
      (gpuSeconds / MONTH_SECONDS) * VOLUME_GIB * GIB * SERVICE_USD.volumeGbMonth +
      (gpuSeconds / HOUR_SECONDS) * SERVICE_USD.addressHour,
    lambda:
      usage.functionSeconds * (FUNCTION_MEMORY_MIB / 1024) * SERVICE_USD.lambdaGibSecond +
      usage.functionCalls * SERVICE_USD.lambdaCall,
    stepFunctions: usage.stateTransitions * SERVICE_USD.stateTransition,
    models: calls.reduce((sum, { usd = 0 }) => sum + usd, 0),
    s3Requests: usage.s3Reads * SERVICE_USD.s3Read + usage.s3Writes * SERVICE_USD.s3Write,
    kmsRequests: KMS_SHARE_OF_S3 * requests * SERVICE_USD.kmsRequest,
    logs: logGb * SERVICE_USD.logGb + (LOG_DAYS / 30) * logMonth,
    storage: usdOf(({ duringRun }) => duringRun),
  };
  return {
    ...parts,
    total: Object.values(parts).reduce((sum, usd) => sum + usd),
    monthAfter: usdOf(({ monthAfter }) => monthAfter),
    perMonth: usdOf(({ lastingGb }) => lastingGb),
  };
}
