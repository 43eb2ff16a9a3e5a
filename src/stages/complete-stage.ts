import type { RunConfig } from '../schema/config/run-config.ts';
import { type StageInput, type WorkName, workOf } from '../schema/stages.ts';
import { completeOnce, type WritePart } from '../store/complete-once.ts';
import type { Store } from '../store/store.ts';

/** A stage's work on one input. */
export interface StageWork<N extends WorkName> {
  stage: N;
  input: StageInput<N>;
  config: RunConfig;
  /** Array index of a job: its shard or policy. */
  index?: number;
  /** Of what the config chooses for it: rewards, algorithm, optimizer, expert, benchmarks. */
  versions?: Record<string, string>;
}

/**
 * Does the work of a stage once, in the folder and from the manifests that the table of stages says. What it reads from its
 * `store` is as earlier stages left it.
 */
export function completeStage<N extends WorkName, S extends object>(
  store: Store,
  { stage, input, config, index = 0, versions }: StageWork<N>,
  work: (writePart: WritePart, prefix: string, store: Store) => Promise<S>,
): Promise<S> {
  const { prefix: prefixOf, madeFrom } = workOf(stage);
  const prefix = prefixOf(input, index);
  const { runId } = input;
  const description = { stage, runId, seed: config.seed, versions, madeFrom: madeFrom(input, config, index) };
  return completeOnce(store, prefix, description, (writePart, checked) => work(writePart, prefix, checked));
}
