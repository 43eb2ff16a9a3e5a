import { disposeAfter } from '../../base/dispose-after.ts';
import type { Engine, Precision } from '../../engine/open-engine.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { metricsKey, planPromptsKey, recordsKey } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { groupSizeOf } from '../../schema/rollout-size.ts';
import type { RolloutJob } from '../../schema/stage-inputs.ts';
import { STAGES } from '../../schema/stages.ts';
import type { Trajectory } from '../../schema/trajectory.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import { completeStage } from '../complete-stage.ts';
import { openPolicy } from '../open-policy.ts';
import { deleteKept, type PromptCompletion, sampleCompletions } from '../sample-completions.ts';
import { trajectorySeed } from '../seeds.ts';
import type { JobDeps } from '../stage-deps.ts';
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
  const began = Date.now();
  const config = await readConfig(deps.store, input.configKey);
  const work = { stage: 'rollout', input, config, index: shard } as const;
  const summary = await completeStage(deps.store, work, async (writePart, prefix, store) => {
    const prompts = await readRecords(store, planPromptsKey(input.runId, input.rollout, shard), Prompt);
    const policy = await openPolicy({ ...deps, store }, input.runId, config, input.policyPrefix);
    return disposeAfter(policy, async (engine) => {
      const { trajectories, timing } = await sampleGroups({ ...deps, store }, engine, config, input, prompts, prefix);
      await writePart(recordsKey(prefix), encodeRecords(trajectories), trajectories.length);
      const { seconds, sampledTokens, firstTokenAt } = timing;
      const metrics = {
        'job/attempt': deps.attempt,
        'time/rolloutSeconds': seconds,
        'rollout/tokensPerSecond': sampledTokens / seconds,
        ...(firstTokenAt && { 'time/firstTokenSeconds': (firstTokenAt - began) / 1000 }),
        ...engine.preparation,
      };
      await store.write(metricsKey(prefix), encodeRecords([metrics]));
      return { ...summarize(trajectories), precision: engine.precision };
    });
  });
  await deleteKept(deps.store, STAGES.rollout.prefix(input, shard));
  return summary;
}

/** A group of trajectories for each prompt, and how long this attempt took over what was left to sample. */
async function sampleGroups(
  deps: JobDeps,
  engine: Engine,
  config: RunConfig,
  input: RolloutJob,
  prompts: readonly Prompt[],
  prefix: string,
) {
  const started = Date.now();
  const seedOf = ({ promptId }: Prompt, index: number) => trajectorySeed(config.seed, input.rollout, promptId, index);
  const { completions, sampledTokens, firstTokenAt } = await sampleCompletions(deps, engine, config, {
    stage: 'rollout',
    prompts,
    completionsPerPrompt: groupSizeOf(config, input.rollout),
    sampling: config.sampling,
    seedOf,
    prefix,
  });
  const trajectories = completions.map((completion) => toTrajectory(completion, input, seedOf));
  return { trajectories, timing: { seconds: (Date.now() - started) / 1000, sampledTokens, firstTokenAt } };
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
