import type { Network } from './network.ts';

/** What the instances of a queue are, whoever begins them. */
export interface HostsProps {
  readonly network: Network;
  readonly instanceTypes: string[];
  /** Cheaper, and reclaimed at times: for work that starts again in pieces. */
  readonly spot: boolean;
  readonly maxVcpus: number;
  readonly volumeGiB: number;
  /** How long an instance without a job stays; Batch decides when absent. */
  readonly idleMinutes?: number;
}
