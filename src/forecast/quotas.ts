import { FUNCTION_MEMORY_MIB } from '../schema/stage.ts';

/** Limits of the services, as AWS documents them for a new account, and what to do where a run would pass one. */
export const QUOTAS = {
  historyEvents: {
    name: 'Step Functions: events in the history of an execution',
    limit: 25_000,
    remedy: 'more rl.promptsPerIteration in fewer rl.iterations',
  },
  payloadBytes: {
    name: 'Step Functions: bytes of a state or of its input and output',
    limit: 256 * 1024,
    remedy: 'a shorter runId',
  },
  executionSeconds: {
    name: 'Step Functions: seconds of an execution',
    limit: 365 * 86_400,
    remedy: 'more GPUs, or fewer trajectories',
  },
  mapConcurrency: {
    name: 'Step Functions: children of a Distributed Map at once',
    limit: 10_000,
    remedy: 'lower MaxConcurrency in rise-state-machine.ts',
  },
  expressSeconds: {
    name: 'Step Functions: seconds of an Express child',
    limit: 300,
    remedy: 'STANDARD children in rise-state-machine.ts',
  },
  taskTimeoutShare: {
    name: "Step Functions: share of a task's own time-out",
    limit: 1,
    remedy: 'more GPUs, or smaller iterations',
  },
  functionSeconds: {
    name: 'Lambda: seconds of a call',
    limit: 900,
    remedy: 'fewer prompts, or diagnosis.prompts below all of them',
  },
  functionMemoryMiB: {
    name: 'Lambda: MiB of memory the stages are given',
    limit: FUNCTION_MEMORY_MIB,
    remedy: 'more compute.rolloutShards, or fewer prompts',
  },
  functionConcurrency: {
    name: 'Lambda: calls at once',
    limit: 1000,
    remedy: 'ask for a higher quota, or lower MaxConcurrency in rise-state-machine.ts',
  },
  arraySize: { name: 'Batch: children of an array job', limit: 10_000, remedy: 'smaller iterations' },
  // Batch takes 30 KiB; ECS, which starts its containers, less.
  overrideCharacters: { name: "ECS: characters of a container's overrides", limit: 8192, remedy: 'a shorter runId' },
  attemptShare: {
    name: "Batch: share of a job attempt's time-out",
    limit: 1,
    remedy: 'more compute.rolloutShards, or smaller iterations',
  },
  s3ReadsPerSecond: { name: 'S3: reads a second of one prefix', limit: 5500, remedy: 'lower MaxConcurrency' },
  s3WritesPerSecond: { name: 'S3: writes a second of one prefix', limit: 3500, remedy: 'lower MaxConcurrency' },
} as const;
export type QuotaName = keyof typeof QUOTAS;

/** How near a run comes to a limit, and in which state. */
export interface QuotaUse {
  name: string;
  used: number;
  limit: number;
  isWithin: boolean;
  /** Where most of it is used; absent where it is the execution. */
  state?: string;
  /** What to change where it is passed. */
  remedy: string;
}

/** Keeps the most that was used of each quota. */
export function createQuotaLedger() {
  const most = new Map<QuotaName, { used: number; state?: string }>();
  return {
    note(quota: QuotaName, used: number, state?: string): void {
      if (used >= (most.get(quota)?.used ?? 0)) most.set(quota, { used, state });
    },
    uses(): QuotaUse[] {
      return Object.entries(QUOTAS).map(([quota, { name, limit, remedy }]) => {
        const { used, state } = most.get(quota as QuotaName) ?? { used: 0 };
        return { name, used, limit, isWithin: used <= limit, ...(state && { state }), remedy };
      });
    },
  };
}
export type QuotaLedger = ReturnType<typeof createQuotaLedger>;
