import { deriveSeed } from '../../base/seeds.ts';
import { describePreparation } from '../../engine/runtime/describe-preparation.ts';
import type { Precision } from '../../engine/runtime/rewrites/mixed-precision.ts';
import { metricsKey, planPromptsKey, recordsKey } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { groupSizeOf } from '../../schema/rollout-size.ts';
import type { RolloutJob } from '../../schema/stage-inputs.ts';
import { STAGES } from '../../schema/stages.ts';
import type { Trajectory } from '../../schema/trajectory.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import { choosePrecision } from '../choose-precision.ts';
import { completeStage } from '../complete-stage.ts';
import { deleteKept, type PromptCompletion, sampleCompletions } from '../sample-completions.ts';
import type { JobDeps } from '../stage-deps.ts';
import { loadStoredPolicy } from '../stored-policy.ts';
import { shortenFloat32 } from './shorten-float32.ts';

export interface RolloutSummary {
  trajectories: number;
  tokens: number;
  /** Share of trajectories that ended by themselves. */
  finishedFraction: number;
  precision: Precision;
}

/**
 * Samples a group of trajectories for every prompt of one shard.
 * A trajectory depends on (run seed, rollout, promptId, trajectoryIndex) and the policy, not on shards or batches.
 */
export async function runRollout(deps: JobDeps, input: RolloutJob, shard: number): Promise<RolloutSummary> {
  const { store } = deps;
  const began = Date.now();
  const config = await readConfig(store, input.configKey);
  const work = { stage: 'rollout', input, config, index: shard } as const;
  const summary = await completeStage(store, work, async (writePart, prefix) => {
    const prompts = await readRecords(store, planPromptsKey(input.runId, input.rollout, shard), Prompt);
    const policy = await loadStoredPolicy(store, input.policyPrefix, config);
    const seedOf = (prompt: Prompt, index: number) => deriveSeed(config.seed, input.rollout, prompt.promptId, index);
    const precision = await choosePrecision(deps, input.runId, config, policy.model);
    const started = Date.now();
    const { completions, sampledTokens, firstTokenAt, preparation } = await sampleCompletions(deps, policy, config, {
      stage: 'rollout',
      prompts,
      completionsPerPrompt: groupSizeOf(config, input.rollout),
      sampling: config.sampling,
      precision,
      seedOf,
      prefix,
    });
    policy.model.dispose();
    const seconds = (Date.now() - started) / 1000;
    const trajectories = completions.map((completion) => toTrajectory(completion, input, seedOf));
    await writePart(recordsKey(prefix), encodeRecords(trajectories), trajectories.length);
    const metrics = {
      'job/attempt': deps.attempt,
      'time/rolloutSeconds': seconds,
      'rollout/tokensPerSecond': sampledTokens / seconds,
      ...(firstTokenAt && { 'time/firstTokenSeconds': (firstTokenAt - began) / 1000 }),
      ...describePreparation(preparation),
    };
    await store.write(metricsKey(prefix), encodeRecords([metrics]));
    return { ...summarize(trajectories), precision };
  });
  await deleteKept(store, STAGES.rollout.prefix(input, shard));
  return summary;
}

function toTrajectory(
  { prompt, index, tokenIds, logprobs, text, finishReason }: PromptCompletion,
  input: RolloutJob,
  seedOf: (prompt: Prompt, index: number) => number,
): Trajectory {
  return {
    promptId: prompt.promptId,
    trajectoryIndex: index,
    policyVersion: input.policyVersion,
    seed: seedOf(prompt, index),
    tokenIds,
    samplingLogprobs: logprobs.map(shortenFloat32),
    text,
    finishReason,
  };
}

function summarize(trajectories: Trajectory[]): Omit<RolloutSummary, 'precision'> {
  const finished = trajectories.filter((trajectory) => trajectory.finishReason === 'stop').length;
  return {
    trajectories: trajectories.length,
    tokens: trajectories.reduce((sum, trajectory) => sum + trajectory.tokenIds.length, 0),
    finishedFraction: finished / trajectories.length,
  };
}
