import { expertPolicyOf } from '../../schema/config/expert-policy.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import {
  checkpointPrefix,
  DIAGNOSIS,
  evaluationPrefix,
  expertPrefix,
  expertSamplesPrefix,
  iterationName,
  manifestKey,
  sftCheckpointPrefix,
  trajectoriesPrefix,
} from '../../schema/keys.ts';
import { isMeasured } from '../../schema/measured-iterations.ts';
import type { BudgetQuestion } from '../../schema/stage-inputs.ts';
import type { JobName } from '../../schema/stages.ts';
import type { Store } from '../../store/store.ts';

/** A job that comes next, with those of its children that are not done. */
export interface NextJob {
  job: JobName;
  /** Of rollouts and their training. */
  rollout?: string;
  children: number;
  missing: number;
}

type Planned = Pick<NextJob, 'job' | 'rollout'> & { prefixes: readonly string[] };

/** The jobs of what comes next that have anything left to do. */
export async function listNextJobs(
  store: Store,
  config: Pick<RunConfig, 'rl' | 'expert' | 'evaluation'>,
  { runId, next, state }: BudgetQuestion,
): Promise<NextJob[]> {
  const { rl, expert } = config;
  const { iteration, shardCount } = state;
  const ofEachShard = (prefixOf: (shard: number) => string) =>
    Array.from({ length: shardCount }, (_, shard) => prefixOf(shard));
  const sampled = (rollout: string): Planned => {
    return { job: 'rollout', rollout, prefixes: ofEachShard((shard) => trajectoriesPrefix(runId, rollout, shard)) };
  };
  const answered = (): Planned => {
    return { job: 'sample-expert', prefixes: ofEachShard((shard) => expertSamplesPrefix(runId, shard)) };
  };
  const trained = (at: number): Planned => {
    return { job: 'train-rl', rollout: iterationName(at), prefixes: [checkpointPrefix(runId, at)] };
  };
  const measured = (at: number): Planned[] => {
    const prefixes = [evaluationPrefix(runId, iterationName(at))];
    return isMeasured(config, at) ? [{ job: 'evaluate-iteration', prefixes }] : [];
  };
  const wholeIteration = (at: number) => [sampled(iterationName(at)), trained(at), ...measured(at)];
  const planned: Planned[] = {
    iteration: () => wholeIteration(iteration),
    'iteration-ahead': () => [
      trained(iteration),
      ...measured(iteration),
      ...(iteration + 1 < rl.iterations ? wholeIteration(iteration + 1) : []),
    ],
    diagnosis: () => [sampled(DIAGNOSIS)],
    'consult-expert': () => (expertPolicyOf(expert) ? [answered()] : []),
    'train-sft': () => [{ job: 'train-sft' as const, prefixes: [sftCheckpointPrefix(runId)] }],
    evaluate: () => [
      { job: 'evaluate' as const, prefixes: EVALUATED_POLICIES.map(({ name }) => evaluationPrefix(runId, name)) },
    ],
  }[next]();
  const jobs = planned.map(async ({ prefixes, ...job }) => {
    const isDone = await Promise.all(prefixes.map((prefix) => store.exists(manifestKey(prefix))));
    return { ...job, children: prefixes.length, missing: isDone.filter((done) => !done).length };
  });
  return (await Promise.all(jobs)).filter(({ missing }) => missing > 0);
}

/** Shards whose prompts the expert was not asked about yet. */
export async function listUnconsulted(
  store: Store,
  { runId, state: { shardCount } }: BudgetQuestion,
): Promise<number[]> {
  const shards = Array.from({ length: shardCount }, (_, shard) => shard);
  const isDone = await Promise.all(shards.map((shard) => store.exists(manifestKey(expertPrefix(runId, shard)))));
  return shards.filter((shard) => !isDone[shard]);
}
