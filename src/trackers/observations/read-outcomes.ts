import { planPrefix, planPromptsKey, recordsKey, scoresPrefix, trajectoriesPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { readRecords, streamRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/** A trajectory whose token ids and log-probabilities are left out: of many they would fill the memory. */
export interface Outcome {
  trajectory: Trajectory;
  tokens: number;
  score: TrajectoryScore;
}

/** A prompt with what became of its trajectories. */
export interface PromptOutcomes {
  prompt: Prompt;
  outcomes: Outcome[];
}

/** Every prompt of a rollout, in the order of its plan. */
export async function readOutcomes(store: Store, runId: string, rollout: string): Promise<PromptOutcomes[]> {
  const read: PromptOutcomes[] = [];
  const shards = (await store.list(planPrefix(runId, rollout))).filter((key) => key.endsWith('.jsonl')).length;
  for (let shard = 0; shard < shards; shard++) {
    const scores = await readRecords(store, recordsKey(scoresPrefix(runId, rollout, shard)), TrajectoryScore);
    const scoreOf = new Map(scores.map((score) => [nameOf(score), score]));
    const outcomes = new Map<string, Outcome[]>();
    const key = recordsKey(trajectoriesPrefix(runId, rollout, shard));
    for await (const trajectory of streamRecords(store, key, Trajectory)) {
      const { promptId, tokenIds } = trajectory;
      const score = scoreOf.get(nameOf(trajectory));
      const own = outcomes.get(promptId) ?? [];
      outcomes.set(promptId, own);
      const light = { ...trajectory, tokenIds: [], samplingLogprobs: [] };
      if (score) own.push({ trajectory: light, tokens: tokenIds.length, score });
    }
    for (const prompt of await readRecords(store, planPromptsKey(runId, rollout, shard), Prompt)) {
      read.push({ prompt, outcomes: outcomes.get(prompt.promptId) ?? [] });
    }
  }
  return read;
}

const nameOf = ({ promptId, trajectoryIndex }: Pick<Trajectory, 'promptId' | 'trajectoryIndex'>) =>
  `${trajectoryIndex} ${promptId}`;
