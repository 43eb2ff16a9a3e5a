import { FUNCTION_MEMORY_MIB } from '../schema/stage.ts';

/** On-demand prices of us-east-1 in USD, from aws.amazon.com in 2026. */
const LAMBDA_GIB_SECOND = 0.0000133334;
const LAMBDA_CALL = 0.2e-6;
const STATE_TRANSITION = 25e-6;
const S3_WRITE = 5e-6;
const S3_READ = 0.4e-6;
const S3_GB_MONTH = 0.023;

/** What is billed by use, counted. */
export interface Usage {
  rolloutGpuSeconds: number;
  trainingGpuSeconds: number;
  functionCalls: number;
  functionSeconds: number;
  stateTransitions: number;
  s3Reads: number;
  s3Writes: number;
}

export const NO_USAGE: Usage = {
  rolloutGpuSeconds: 0,
  trainingGpuSeconds: 0,
  functionCalls: 0,
  functionSeconds: 0,
  stateTransitions: 0,
  s3Reads: 0,
  s3Writes: 0,
};

export interface Cost {
  rolloutGpus: number;
  trainingGpus: number;
  lambda: number;
  stepFunctions: number;
  s3Requests: number;
  total: number;
  /** Of the trajectories, until they are deleted. */
  storagePerMonth: number;
}

/** What the usage costs in USD. */
export function costOf(
  usage: Usage,
  { rolloutHourUsd, trainingHourUsd }: { rolloutHourUsd: number; trainingHourUsd: number },
  storedBytes: number,
): Cost {
  const parts = {
    rolloutGpus: (usage.rolloutGpuSeconds / 3600) * rolloutHourUsd,
    trainingGpus: (usage.trainingGpuSeconds / 3600) * trainingHourUsd,
    lambda:
      usage.functionSeconds * (FUNCTION_MEMORY_MIB / 1024) * LAMBDA_GIB_SECOND + usage.functionCalls * LAMBDA_CALL,
    stepFunctions: usage.stateTransitions * STATE_TRANSITION,
    s3Requests: usage.s3Reads * S3_READ + usage.s3Writes * S3_WRITE,
  };
  const total = Object.values(parts).reduce((sum, usd) => sum + usd);
  return { ...parts, total, storagePerMonth: (storedBytes / 1e9) * S3_GB_MONTH };
}
