import { handler as consultExpert } from '../../lambdas/consult-expert/handler.ts';
import { handler as planIteration } from '../../lambdas/plan/handler.ts';
import { handler as publishShards } from '../../lambdas/publish/handler.ts';
import { handler as routeGroups } from '../../lambdas/route/handler.ts';
import { handler as scoreTrajectories } from '../../lambdas/score/handler.ts';
import { handler as validateRun } from '../../lambdas/validate/handler.ts';
import * as keys from '../../src/schema/keys.ts';
import { Prompt } from '../../src/schema/prompt.ts';
import type { RolloutPlan } from '../../src/schema/stage-inputs.ts';
import { openStore } from '../../src/store/open-store.ts';
import { encodeRecords, readRecords } from '../../src/store/records.ts';
import { aResponse, aRunConfig, aTrajectory } from './factories.ts';
import { finishWork } from './finished-work.ts';

export const runId = 'run-1';
const configKey = keys.configKey(runId);
export const run = { runId, configKey };
export const diagnosed = { ...run, shardCount: 2 };
export const shards = [0, 1];
export const shardItem = (shard: number, rollout = 'diagnosis') => ({ ...run, rollout, shard, shardCount: 2 });

/** A run from validation to the published examples, with trajectories that a policy right on charts and lost on products might sample. */
export async function playRun(folder: string) {
  process.env.RISE_STORE = folder;
  const store = openStore(folder);
  await store.write(configKey, JSON.stringify(aRunConfig({ expert: { maxConsultations: 3 } })));
  const validated = await validateRun(run);
  const plan: RolloutPlan = await planIteration({ ...run, rollout: 'diagnosis', iteration: 2 });
  for (const shard of shards) {
    const prompts = await readRecords(store, keys.planPromptsKey(runId, 'diagnosis', shard), Prompt);
    const trajectories = prompts.flatMap(({ promptId, groundTruth, tier }, position) =>
      [0, 1, 2, 3].map((trajectoryIndex) => {
        const isRight = tier === 'read' && (position % 4 === 0 || trajectoryIndex % 2 === 0);
        const text = aResponse(isRight ? groundTruth : '99', `try ${trajectoryIndex}`);
        return aTrajectory({ promptId, trajectoryIndex, text, policyVersion: 2 });
      }),
    );
    const prefix = keys.trajectoriesPrefix(runId, 'diagnosis', shard);
    await store.write(keys.recordsKey(prefix), encodeRecords(trajectories));
    await finishWork(store, prefix);
    await scoreTrajectories(shardItem(shard));
    await routeGroups(shardItem(shard));
  }
  for (const shard of [...shards].reverse()) await consultExpert(shardItem(shard));
  const published = await publishShards(diagnosed);
  return { store, validated, plan, published };
}
