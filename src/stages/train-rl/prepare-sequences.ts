import type { Lesson, RlValues } from '../../algorithms/algorithm.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import type { StageConfig } from '../../schema/stages.ts';
import type { JobDeps, TrainingStart } from '../job-deps.ts';
import { processStoredPrompt } from '../process-prompt.ts';
import type { StageScope } from '../stage-deps.ts';

/** What the trainer is given of a trajectory. */
export type RlSequence = TrainingSequence<RlValues> & { values: RlValues<ArrayLike<number>> };

/**
 * What to learn from. Siblings share one processed prompt, and with it their images' features within a micro-batch.
 */
export async function buildSequences(
  scope: StageScope,
  { processor }: Engine,
  lessons: readonly Lesson[],
): Promise<RlSequence[]> {
  const distinct = new Map(lessons.map(({ prompt }) => [prompt.promptId, prompt]));
  const processed = new Map(
    [...distinct].map(([promptId, prompt]) => [promptId, processStoredPrompt(scope, processor, prompt)]),
  );
  return Promise.all(
    lessons.map(async ({ prompt, trajectory: { tokenIds, samplingLogprobs }, advantage }) => ({
      prompt: await processed.get(prompt.promptId)!,
      completionIds: tokenIds,
      values: { sampling: samplingLogprobs, advantages: new Float32Array(tokenIds.length).fill(advantage) },
    })),
  );
}

/**
 * Sequences that an older policy sampled, with their log-probabilities under the one that the iteration begins with.
 *
 * @param first folder of that policy
 * @param opened an engine, and where it was opened: a job that goes on has its own checkpoint open
 */
export async function addOldLogprobs(
  deps: JobDeps,
  scope: StageScope<StageConfig<'train-rl'>>,
  sequences: readonly RlSequence[],
  first: string,
  opened: { engine: Engine; start: TrainingStart },
): Promise<RlSequence[]> {
  const isOpen = opened.start.folder === first;
  const engine = isOpen ? opened.engine : await deps.openPolicy(scope, first);
  try {
    const logprobs = engine.score(sequences, scope.config.rl.microBatchSequences);
    return sequences.map((sequence, at) => ({ ...sequence, values: { ...sequence.values, old: logprobs[at] } }));
  } finally {
    if (!isOpen) engine[Symbol.dispose]();
  }
}
