import type { Machine } from '../local/definition.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Store } from '../store/store.ts';
import type { Assumptions } from './assumptions.ts';
import type { VirtualClock } from './clock.ts';

/** What simulated tasks are carried out with. */
export interface Setting {
  clock: VirtualClock;
  store: Store;
  config: RunConfig;
  assumptions: Assumptions;
  definition: Machine;
}

/** The last part of an ARN. */
export const nameOf = (arn: string) => arn.slice(arn.search(/[^:/]+$/));
