import type { RunConfig } from '../schema/config/run-config.ts';
import { type StageInput, type WorkName, workOf } from '../schema/stages.ts';
import { beginWork, type DoneWork, type OpenWork } from '../store/begin-work.ts';
import { readConfig } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { StageScope } from './stage-deps.ts';

/** A stage and what it is asked for. */
export type StageTask = {
  [N in WorkName]: {
    stage: N;
    input: StageInput<N>;
    /** Array index of a job: its shard or policy. */
    index?: number;
  };
}[WorkName];

/** A stage whose folder is there. */
export interface DoneStage<S> extends DoneWork<S> {
  config: RunConfig;
}

/** A stage whose folder is to be made now. */
export interface OpenStage<S> extends OpenWork<S>, StageScope {
  /** Its folder. */
  prefix: string;
  /** Folders that are kept while it is not done, its own first. */
  keeps: readonly string[];
}

/** Begins a stage, of which the table of stages says the folder, the manifests it is made from, and what it may keep. */
export async function beginStage<S extends object>(
  store: Store,
  { stage, input, index = 0 }: StageTask,
): Promise<DoneStage<S> | OpenStage<S>> {
  const { runId } = input;
  const config = await readConfig(store, input.configKey);
  const table = workOf(stage);
  const prefix = table.prefix(input, index);
  const madeFrom = table.madeFrom(input, config, index);
  const keeps = table.keeps?.(input, config, index) ?? [];
  const work = await beginWork<S>(store, { prefix, stage, runId, seed: config.seed, madeFrom, keeps });
  return work.kind === 'done' ? { ...work, config } : { ...work, runId, config, prefix, keeps };
}
