import { z } from 'zod';
import type { JobAttempt } from '../schema/budget.ts';
import { attemptKey, manifestKey, takenKey } from '../schema/keys.ts';
import { type JobName, jobManifestKey, type StageInput } from '../schema/stages.ts';
import { readWorkState } from '../store/part-damage.ts';
import type { Store } from '../store/store.ts';

/** What is noted of a job that is taken away with its machine is at most so old. */
const NOTED_MILLISECONDS = 60_000;

/** An attempt of a job. */
export interface Attempt<N extends JobName> {
  job: N;
  input: StageInput<N>;
  index: number;
}

/** Does the work of an attempt, and notes what it takes: every minute, and at its end, whatever that is. */
export async function noteAttempt<N extends JobName>(
  store: Store,
  { job, input, index }: Attempt<N>,
  work: () => Promise<object>,
): Promise<void> {
  const startedAt = Date.now();
  const key = attemptKey(input.runId, job, index, startedAt);
  let writing = Promise.resolve();
  const note = (worked: Pick<JobAttempt, 'items' | 'found'>) => {
    const attempt: JobAttempt = { stage: job, seconds: (Date.now() - startedAt) / 1000, ...worked };
    writing = writing.then(() => store.write(key, `${JSON.stringify(attempt)}\n`)).catch(tellUnnoted);
    return writing;
  };
  const manifest = jobManifestKey(job, input, index);
  const taken = takenKey(manifest.slice(0, -manifestKey('').length));
  const wasDone = (await readWorkState(store, manifest)).kind === 'done';
  const timer = setInterval(() => note({ items: 0 }), NOTED_MILLISECONDS).unref();
  let worked: Pick<JobAttempt, 'items' | 'found'> = { items: 0 };
  try {
    const summary = await work();
    if (wasDone) worked = { items: 0, found: 'done' };
    else if (await store.exists(taken)) worked = { items: 0, found: 'taken' };
    else worked = { items: itemsOf(job, summary) };
  } finally {
    clearInterval(timer);
    await note(worked);
  }
}

const Counts = z.object({
  trajectories: z.int().default(0),
  sequences: z.int().default(0),
  examples: z.int().default(0),
  epochs: z.int().default(0),
  prompts: z.int().default(0),
  samples: z.int().default(0),
});

/** What a job worked on, by its summary: completions, or sequences each time that they were learned from. */
function itemsOf(job: JobName, summary: object): number {
  const { trajectories, sequences, examples, epochs, prompts, samples } = Counts.parse(summary);
  return {
    rollout: trajectories,
    'train-rl': sequences,
    'sample-expert': samples,
    'train-sft': examples * epochs,
    'evaluate-iteration': prompts,
    evaluate: prompts,
  }[job];
}

/** The work counts, not the note of it. */
const tellUnnoted = (error: Error) => console.error(`what this attempt takes is not noted: ${error.message}`);
