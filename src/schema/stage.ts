import type { z } from 'zod';
import type { ConfigPath } from './config/config-part.ts';
import type { RunConfig } from './config/run-config.ts';
import type { ExecutionInput } from './stage-inputs.ts';

/** Keys of the store that a stage touches, `*` for any part of a key, slashes included. */
export interface StoreAccess {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** What lies in the folders that are kept while it is not done. */
  readonly deletes?: readonly string[];
}

/** What is said once of each stage, wherever it runs. */
export interface Stage<I extends ExecutionInput = ExecutionInput> {
  /** Its event or `RISE_INPUT` is parsed with it. */
  input: z.ZodType<I>;
  access: StoreAccess;
}

/** What a stage's result follows from: another run with the same may take it. */
export interface Recipe<I, P extends ConfigPath> {
  /** Changes whenever the same may give another result, but for what manifests have a version of. */
  version: string;
  /** Of the config, what its result follows from. */
  reads(input: I): readonly P[];
  /** What it reads besides, which only says where its inputs are, or how it works and not what comes of it. */
  uses: readonly P[];
  /** Of its input, what only says where the work lies that it is made from. */
  places?: readonly string[];
}

/** A stage whose result is a folder with a manifest: done once. */
export interface Work<I extends ExecutionInput = ExecutionInput, P extends ConfigPath = ConfigPath> extends Stage<I> {
  /** Folder of the result; the array index of a job picks the shard or the policy. */
  prefix(input: I, index: number): string;
  /** Folders of the finished work that this is made from: its manifest lists theirs. */
  madeFrom(input: I, config: RunConfig, index: number): readonly string[];
  /** Folders that are kept while it is not done: its own first, for an attempt that goes on from there. */
  keeps?(input: I, config: RunConfig, index: number): readonly string[];
  /**
   * Of a file of the result that only later work goes on from: the folder of the last work that does, after which it goes.
   * Undefined of what stays.
   */
  neededUntil?(key: string, input: I, config: RunConfig): string | undefined;
  /** Folders of earlier work whose files nobody needs once this is done. */
  supersedes?(input: I, config: RunConfig): readonly string[];
  /** What its result follows from besides what it is made from; absent where each run does it anew. */
  recipe?: Recipe<I, P>;
  /** Of the scores that it is made from, the rewards whose values it goes by; every reward when absent. */
  goesBy?: readonly string[];
}

/** Memory of each Lambda stage, the most that new accounts may ask for; Lambda gives a processor per 1,769 MiB. */
export const FUNCTION_MEMORY_MIB = 3008;

/** Limits of a stage on Lambda. */
export interface FunctionLimits {
  /** Calls at once, of a stage that a Map calls for each shard. */
  concurrency?: number;
  /** What another attempt does, where the time of this one is over or its endpoint failed: absent, there is none. */
  nextAttempt?: 'goes-on';
  /** npm packages that are installed beside the bundle. */
  installs?: readonly string[];
}

/** Queues of jobs: what may be interrupted, and what should not. */
export const JOB_QUEUES = ['rollout', 'training'] as const;
export type JobQueue = (typeof JOB_QUEUES)[number];

/** Limits of a stage on Batch: the queue's instances. Every job goes on from what an attempt before has kept. */
export interface JobLimits {
  queue: JobQueue;
}

/** A stage in `lambdas/<name>/handler.ts`. */
export const onLambda = <I extends ExecutionInput, const P extends ConfigPath = never>(
  stage: Work<I, P> & FunctionLimits,
) => ({
  home: 'lambda' as const,
  ...stage,
});

/** A stage on Lambda that only leaves a note: it may run again. */
export const noteOnLambda = <I extends ExecutionInput>(stage: Stage<I> & FunctionLimits) => ({
  home: 'lambda' as const,
  ...stage,
});

/** A stage in the GPU worker. */
export const onBatch = <I extends ExecutionInput, const P extends ConfigPath = never>(
  stage: Work<I, P> & JobLimits,
) => ({ home: 'batch' as const, ...stage });
