import { splitEvenly } from '../../base/split-list.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { planPromptsKey, planShardsKey, policyPrefix, promptsKey, rolloutName } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { countShards, groupSizeOf } from '../../schema/rollout-size.ts';
import type { PlanInput, RolloutPlan, ShardItem } from '../../schema/stage-inputs.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import { completeStage } from '../complete-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { selectDiagnosisPrompts, selectIterationPrompts } from './select-prompts.ts';

/** Plans one rollout: which prompts, in which shards, sampled with which policy. */
export async function runPlan({ store }: StageDeps, input: PlanInput): Promise<RolloutPlan> {
  const { runId, configKey, iteration } = input;
  const config = await readConfig(store, configKey);
  const rollout = rolloutName(input.rollout, iteration);
  const { shardCount } = await completeStage(store, { stage: 'plan', input, config }, async (writePart, _, store) => {
    const prompts = selectPrompts(await readRecords(store, promptsKey(runId, 'train'), Prompt), config, input);
    const size = { prompts: prompts.length, groupSize: groupSizeOf(config, rollout) };
    const shards = splitEvenly(prompts, countShards(size, config));
    const items = shards.map(
      (_, shard): ShardItem => ({ runId, configKey, rollout, shard, shardCount: shards.length }),
    );
    for (const [shard, shardPrompts] of shards.entries()) {
      await writePart(planPromptsKey(runId, rollout, shard), encodeRecords(shardPrompts), shardPrompts.length);
    }
    await writePart(planShardsKey(runId, rollout), `${JSON.stringify(items)}\n`, items.length);
    return { prompts: prompts.length, shardCount: shards.length };
  });
  const policyVersion = samplingPolicyVersion(input, config);
  return {
    runId,
    configKey,
    rollout,
    iteration,
    policyVersion,
    policyPrefix: policyPrefix(runId, policyVersion, config.policy.model),
    shardCount,
    shardsKey: planShardsKey(runId, rollout),
    nextIteration: input.rollout === 'diagnosis' ? iteration : iteration + 1,
    iterations: config.rl.iterations,
    pipelined: config.rl.pipelined,
  };
}

/** While a pipelined rollout is sampled, the policy of the iteration before it is still being trained. */
function samplingPolicyVersion({ rollout, iteration }: PlanInput, { rl }: RunConfig): number {
  return rl.pipelined && rollout === 'iteration' ? Math.max(0, iteration - 1) : iteration;
}

function selectPrompts(prompts: Prompt[], config: RunConfig, { rollout, iteration }: PlanInput): Prompt[] {
  return rollout === 'diagnosis'
    ? selectDiagnosisPrompts(prompts, config.diagnosis.prompts, config.seed)
    : selectIterationPrompts(prompts, config.rl.promptsPerIteration, iteration, config.seed);
}
