import type { JobName } from '../schema/stages.ts';
import { type Assumptions, SUPERSEDED_DAYS, SUPERSEDED_TRAINING_DAYS } from './assumptions.ts';
import type { JobUse } from './model-jobs.ts';
import type { Storage } from './storage.ts';

/** When an array of a job ran, in seconds of the run. */
interface JobTimes {
  children: number;
  /** When the first child began. */
  begun: number;
  end: number;
}

/** Notes what a job leaves in the bucket. */
export function storeJob(
  storage: Storage,
  name: JobName,
  use: JobUse,
  { checkpointBytes, momentBytes }: Assumptions,
  times: JobTimes,
): void {
  if (name !== 'train-rl' && name !== 'train-sft') {
    storeCompletions(storage, use, times);
    return;
  }
  const state = momentBytes[name === 'train-rl' ? 'rl' : 'sft'];
  storeResumes(storage, use, checkpointBytes + state, times);
  storage.write('checkpoints', checkpointBytes, times.end);
  // Each iteration goes on from the optimizer of the one before, and deletes it.
  if (name === 'train-rl') storage.supersede('optimizer moments', times.end, SUPERSEDED_TRAINING_DAYS);
  storage.write('optimizer moments', use.momentBytes, times.end);
}

/** Finished batches are kept until the job is done, which writes all once more. */
function storeCompletions(storage: Storage, { sampledBytes, keptBytes }: JobUse, { children, end }: JobTimes): void {
  storage.leave('trajectories', children * keptBytes, end, SUPERSEDED_DAYS);
  storage.write('trajectories', children * sampledBytes, end);
}

/** A checkpoint that a job goes on from is deleted when a later one is there, or the job is done. */
function storeResumes(storage: Storage, { resumesAt }: JobUse, bytes: number, { begun, end }: JobTimes): void {
  for (const at of resumesAt) {
    storage.supersede('resume checkpoints', begun + at, SUPERSEDED_TRAINING_DAYS);
    storage.write('resume checkpoints', bytes, begun + at);
  }
  storage.supersede('resume checkpoints', end, SUPERSEDED_TRAINING_DAYS);
}
