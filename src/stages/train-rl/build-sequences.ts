import type { Lesson, RlValues } from '../../algorithms/algorithm.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { Store } from '../../store/store.ts';
import { processStoredPrompt } from '../process-prompt.ts';

/** What the trainer is given of a trajectory. */
export type RlSequence = TrainingSequence<RlValues> & { values: RlValues<ArrayLike<number>> };

/** Siblings share one processed prompt, and with it their images' features within a micro-batch. */
export async function buildSequences(
  store: Store,
  { processor }: Engine,
  config: RunConfig,
  lessons: readonly Lesson[],
): Promise<RlSequence[]> {
  const distinct = new Map(lessons.map(({ prompt }) => [prompt.promptId, prompt]));
  const prompts = new Map(
    [...distinct].map(([promptId, prompt]) => [promptId, processStoredPrompt(store, processor, prompt, config)]),
  );
  return Promise.all(
    lessons.map(async ({ prompt, trajectory, advantage }) => ({
      prompt: await prompts.get(prompt.promptId)!,
      completionIds: trajectory.tokenIds,
      values: {
        sampling: trajectory.samplingLogprobs,
        advantages: new Float32Array(trajectory.tokenIds.length).fill(advantage),
      },
    })),
  );
}

/** Adds the log-probabilities under the policy that the iteration begins with, where another one sampled. */
export function withOldLogprobs(sequences: readonly RlSequence[], logprobs: readonly Float32Array[]): RlSequence[] {
  return sequences.map((sequence, at) => ({ ...sequence, values: { ...sequence.values, old: logprobs[at] } }));
}
