import type { ReportProgress } from '../schema/stage-contracts.ts';
import type { Store } from '../store/store.ts';

/** What every stage is given besides its input. */
export interface StageDeps {
  store: Store;
  report: ReportProgress;
}
