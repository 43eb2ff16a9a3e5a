import type { Lesson, RlValues } from '../../algorithms/algorithm.ts';
import { disposeAfter } from '../../base/dispose-after.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { policyPrefix } from '../../schema/keys.ts';
import type { TrainRlJob } from '../../schema/stage-inputs.ts';
import type { Store } from '../../store/store.ts';
import { openPolicy } from '../open-policy.ts';
import { processStoredPrompt } from '../process-prompt.ts';
import type { JobDeps } from '../stage-deps.ts';

/** What the trainer is given of a trajectory. */
export type RlSequence = TrainingSequence<RlValues> & { values: RlValues<ArrayLike<number>> };

/** An engine, and the folder of the policy that it was opened on. */
interface OpenedPolicy {
  engine: Engine;
  policy: string;
}

/** What to learn from; if an older policy sampled, with the log-probabilities under the one this iteration begins with. */
export async function prepareSequences(
  deps: JobDeps,
  input: TrainRlJob,
  config: RunConfig,
  lessons: readonly Lesson[],
  { engine, policy }: OpenedPolicy,
): Promise<RlSequence[]> {
  const sequences = await buildSequences(deps.store, engine, config, lessons);
  if (input.policyVersion === input.iteration) return sequences;
  const score = async (engine: Engine) => engine.score(sequences, config.rl.microBatchSequences);
  const first = policyPrefix(input.runId, input.iteration, config.policy.model);
  const logprobs =
    policy === first
      ? await score(engine)
      : await disposeAfter(await openPolicy(deps, input.runId, config, first), score);
  return sequences.map((sequence, at) => ({ ...sequence, values: { ...sequence.values, old: logprobs[at] } }));
}

/** Siblings share one processed prompt, and with it their images' features within a micro-batch. */
async function buildSequences(
  store: Store,
  { processor }: Engine,
  config: RunConfig,
  lessons: readonly Lesson[],
): Promise<RlSequence[]> {
  const distinct = new Map(lessons.map(({ prompt }) => [prompt.promptId, prompt]));
  const processed = new Map(
    [...distinct].map(([promptId, prompt]) => [promptId, processStoredPrompt(store, processor, prompt, config)]),
  );
  return Promise.all(
    lessons.map(async ({ prompt, trajectory: { tokenIds, samplingLogprobs }, advantage }) => ({
      prompt: await processed.get(prompt.promptId)!,
      completionIds: tokenIds,
      values: { sampling: samplingLogprobs, advantages: new Float32Array(tokenIds.length).fill(advantage) },
    })),
  );
}
