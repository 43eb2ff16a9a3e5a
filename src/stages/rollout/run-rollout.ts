import type { Engine, Precision } from '../../engine/open-engine.ts';
import { metricsKey, planPromptsKey, recordsKey } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { groupSizeOf } from '../../schema/rollout-size.ts';
import type { RolloutJob } from '../../schema/stage-inputs.ts';
import type { Trajectory } from '../../schema/trajectory.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import type { JobDeps } from '../job-deps.ts';
import { sampleCompletions } from '../sample-completions.ts';
import { trajectorySeed } from '../seeds.ts';
import { toTrajectory } from './to-trajectory.ts';

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
  const work = await beginStage<RolloutSummary, 'rollout'>(deps.store, { stage: 'rollout', input, index: shard });
  if (work.kind === 'done') return work.summary;
  const { store, prefix } = work;
  const prompts = await readRecords(store, planPromptsKey(input.runId, input.rollout, shard), Prompt);
  const engine = await deps.openPolicy(work, input.policyPrefix);
  try {
    const { trajectories, timing } = await sampleGroups(deps, work, engine, input, prompts);
    await work.writePart(recordsKey(prefix), encodeRecords(trajectories), trajectories.length);
    const { seconds, sampledTokens, firstTokenAt } = timing;
    const metrics = {
      'job/attempt': deps.attempt,
      'time/rolloutSeconds': seconds,
      'rollout/tokensPerSecond': sampledTokens / seconds,
      ...(firstTokenAt && { 'time/firstTokenSeconds': (firstTokenAt - began) / 1000 }),
      ...engine.preparation,
    };
    await store.write(metricsKey(prefix), encodeRecords([metrics]));
    return await work.finish({ ...summarize(trajectories), precision: engine.precision });
  } finally {
    engine[Symbol.dispose]();
  }
}

/** A group of trajectories for each prompt, and how long this attempt took over what was left to sample. */
async function sampleGroups(
  deps: JobDeps,
  work: OpenStage<RolloutSummary, 'rollout'>,
  engine: Engine,
  input: RolloutJob,
  prompts: readonly Prompt[],
) {
  const { config, prefix } = work;
  const started = Date.now();
  const seedOf = ({ promptId }: Prompt, index: number) => trajectorySeed(config.seed, input.rollout, promptId, index);
  const { completions, sampledTokens, firstTokenAt } = await sampleCompletions(deps, work, engine, {
    stage: 'rollout',
    prompts,
    completionsPerPrompt: groupSizeOf(config, input.rollout),
    sampling: config.sampling,
    seedOf,
    prefix,
  });
  const trajectories = completions.map((sampled) => toTrajectory(sampled, input.policyVersion, seedOf));
  return { trajectories, timing: { seconds: (Date.now() - started) / 1000, sampledTokens, firstTokenAt } };
}

function summarize(trajectories: Trajectory[]): Omit<RolloutSummary, 'precision'> {
  const finished = trajectories.filter((trajectory) => trajectory.finishReason === 'stop').length;
  return {
    trajectories: trajectories.length,
    tokens: trajectories.reduce((sum, trajectory) => sum + trajectory.tokenIds.length, 0),
    finishedFraction: finished / trajectories.length,
  };
}
