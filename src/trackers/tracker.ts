import type { Choosable } from '../schema/config/choice.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Store } from '../store/store.ts';
import type { Piece } from './observation.ts';

/**
 * A tool that shows runs: one file each. To add one, write the file, name it in `index.ts`, and prove it by reading back what
 * it was told with the tool's own library.
 */
export interface Tracker<Options = unknown> extends Choosable<Options> {
  /** Throws `InvalidInputError` where the options, or the environment they name, cannot be used. Sends nothing yet. */
  create(options: Options, context: TrackerContext): OpenTracker;
}

/** The run that is told of. */
export interface TrackerContext {
  store: Store;
  runId: string;
  config: RunConfig;
  /** Value of an environment variable: where secrets are. */
  environment(name: string): string | undefined;
}

/** A tracker of one run. */
export interface OpenTracker {
  /** Where a person looks. */
  place: string;
  /** Takes a piece in. To be told the same again, after a failure in between, changes nothing. */
  take(piece: Piece): Promise<void>;
}
