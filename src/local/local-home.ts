import type { Manifest } from '../schema/manifest.ts';
import type { Progress } from '../schema/progress.ts';
import type { JobName } from '../schema/stages.ts';
import type { Store } from '../store/store.ts';
import type { Json } from './definition.ts';

/** One child of a Batch job, as events name it. */
export interface JobIdentity {
  state: string;
  job: JobName;
  arrayIndex: number;
  /** 1 for a plain job. */
  arraySize: number;
  /** Of a rollout and its training: the RL iteration, from 0. */
  iteration?: number;
}

/** What happens in a run, in order; the command line shows it. */
export type RunEvent =
  | { kind: 'state-entered'; state: string; type: string }
  | { kind: 'state-exited'; state: string; type: string; seconds: number }
  | { kind: 'state-retried'; state: string; attempt: number }
  | { kind: 'state-failed'; state: string; error: Error }
  | { kind: 'warning'; message: string }
  | ({ kind: 'job-started'; attempt: number } & JobIdentity)
  | ({ kind: 'job-progress'; progress: Progress } & JobIdentity)
  | ({
      kind: 'job-finished';
      wasDone: boolean;
      /** The run whose work it is, where this one took it. */
      takenFrom?: string;
      seconds: number;
      summary: Manifest['summary'];
    } & JobIdentity);

/** One child of a Batch job, an array job having several. */
export interface JobRequest {
  /** What the container is started with: the stage's name. */
  command: string[];
  environment: Record<string, string>;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** What Lambda tells a function of its call. */
export interface FunctionContext {
  getRemainingTimeInMillis(): number;
}

/** What stands in for AWS around the interpreter. */
export interface LocalHome {
  /** Holds what the definition's bucket holds. */
  store: Store;
  /** Calls a Lambda stage by its function name. */
  callFunction(name: string, event: Json, context: FunctionContext): Promise<unknown>;
  /** Runs one container to its end; throws when it fails. */
  runJob(request: JobRequest): Promise<void>;
  onEvent(event: RunEvent): void;
  /** Aborted when the run is asked to stop. */
  signal: AbortSignal;
}
