import type { JobQueue } from '../schema/stage.ts';
import type { Interval } from './concurrency.ts';
import { NO_USAGE, type Usage } from './cost.ts';
import { createQuotaLedger, type QuotaLedger } from './quotas.ts';
import { createStorage, type Storage } from './storage.ts';

/** What simulated tasks would have done: use, times, and what comes near a quota. */
export interface Account {
  ledger: QuotaLedger;
  usage: Usage;
  storage: Storage;
  secondsByState: Map<string, number>;
  /** When how many functions ran, and how many GPUs of each queue. */
  intervals: Record<'functions' | JobQueue, Interval[]>;
  /** Notes what goes into a state, or comes out of it. */
  notePayload(value: unknown, state: string): void;
  /** Bytes of JSON. */
  largestPayload(): number;
}

/** An account with nothing in it. */
export function createAccount(): Account {
  const ledger = createQuotaLedger();
  let largest = 0;
  return {
    ledger,
    usage: { ...NO_USAGE },
    storage: createStorage(),
    secondsByState: new Map(),
    intervals: { functions: [], rollout: [], training: [] },
    notePayload(value, state) {
      const bytes = Buffer.byteLength(JSON.stringify(value ?? null));
      largest = Math.max(largest, bytes);
      ledger.note('payloadBytes', bytes, state);
    },
    largestPayload: () => largest,
  };
}
