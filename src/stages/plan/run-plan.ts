import { hashJson } from '../../base/hash.ts';
import { splitEvenly } from '../../base/split-list.ts';
import { chooseBest } from '../../benchmarks/policy-figures.ts';
import { expertPolicyOf } from '../../schema/config/expert-policy.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { planPromptsKey, planShardsKey, policyPrefix, promptsKey, rolloutName } from '../../schema/keys.ts';
import { isMeasured } from '../../schema/measured-iterations.ts';
import { Prompt } from '../../schema/prompt.ts';
import { countShards, groupSizeOf } from '../../schema/rollout-size.ts';
import type { PlanInput, RolloutPlan, ShardItem } from '../../schema/stage-inputs.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import { readMeasurements } from '../read-measurements.ts';
import type { StageDeps } from '../stage-deps.ts';
import { selectDiagnosisPrompts, selectIterationPrompts } from './select-prompts.ts';

interface PlanSummary {
  prompts: number;
  shardCount: number;
}

/** Plans one rollout: which prompts, in which shards, sampled with which policy. */
export async function runPlan({ store }: StageDeps, input: PlanInput): Promise<RolloutPlan> {
  const { runId, configKey, iteration } = input;
  const work = await beginStage<PlanSummary>(store, { stage: 'plan', input });
  const { shardCount } = work.kind === 'done' ? work.summary : await writePlan(work, input);
  const { config } = work;
  const rollout = rolloutName(input.rollout, iteration);
  const policyVersion = await samplingPolicyVersion(store, input, config);
  const expert = expertPolicyOf(config.expert);
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
    ...(input.rollout === 'iteration' && isMeasured(config, iteration) && { measured: true as const }),
    ...(input.rollout === 'diagnosis' && expert && { expertModel: expert.model }),
  };
}

async function writePlan(work: OpenStage<PlanSummary>, input: PlanInput): Promise<PlanSummary> {
  const { store, config } = work;
  const { runId, configKey } = input;
  const rollout = rolloutName(input.rollout, input.iteration);
  const prompts = selectPrompts(await readRecords(store, promptsKey(runId, 'train'), Prompt), config, input);
  const size = { prompts: prompts.length, groupSize: groupSizeOf(config, rollout) };
  const shards = splitEvenly(prompts, countShards(size, config));
  const items = shards.map((_, shard): ShardItem => ({ runId, configKey, rollout, shard, shardCount: shards.length }));
  for (const [shard, shardPrompts] of shards.entries()) {
    await work.writePart(planPromptsKey(runId, rollout, shard), encodeRecords(shardPrompts), shardPrompts.length);
  }
  await work.writePart(planShardsKey(runId, rollout), `${JSON.stringify(items)}\n`, items.length);
  // The items name the run; what is sampled and scored are the prompts.
  return work.finish({ prompts: prompts.length, shardCount: shards.length }, {}, hashJson(shards));
}

/**
 * While a pipelined rollout is sampled, the policy of the iteration before it is still being trained; the diagnosis may be of the
 * best one.
 */
async function samplingPolicyVersion(
  store: Store,
  { runId, rollout, iteration }: PlanInput,
  config: RunConfig,
): Promise<number> {
  const { rl, evaluation } = config;
  if (rollout === 'iteration') return rl.pipelined ? Math.max(0, iteration - 1) : iteration;
  if (evaluation.duringRl?.goesOn !== 'best') return iteration;
  const best = chooseBest(await readMeasurements(store, runId, config), evaluation.duringRl.figure);
  return best ? best.iteration + 1 : iteration;
}

function selectPrompts(prompts: Prompt[], config: RunConfig, { rollout, iteration }: PlanInput): Prompt[] {
  return rollout === 'diagnosis'
    ? selectDiagnosisPrompts(prompts, config.diagnosis.prompts, config.seed)
    : selectIterationPrompts(prompts, config.rl.promptsPerIteration, iteration, config.seed);
}
