import { z } from 'zod';
import { hashJson } from '../../base/hash.ts';
import { findStale, type StaleWork } from '../../lineage/find-stale.ts';
import { type FinishedWork, readFinishedWork } from '../../lineage/finished-work.ts';
import { compareUses } from '../../lineage/stale-reason.ts';
import { findRewardFaults, loadRewards, rewardVersions } from '../../rewards/load-rewards.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import {
  DIAGNOSIS,
  iterationName,
  manifestKey,
  planPrefix,
  planShardsKey,
  recordsKey,
  rescoredPrefix,
  rescoringPrefix,
  scoreJournalsPrefix,
  scoresPrefix,
} from '../../schema/keys.ts';
import { ShardItem } from '../../schema/stage-inputs.ts';
import { STAGES } from '../../schema/stages.ts';
import { TrajectoryScore } from '../../schema/trajectory.ts';
import { beginWork } from '../../store/begin-work.ts';
import { readJson, readRecords, readStoredConfig } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { ScoringDeps } from './run-score.ts';
import { type ScoringSummary, type ScoringTask, scoreShard } from './score-shard.ts';

/** A rollout's scores, as they were and as they are now. */
export interface RescoredRollout {
  rollout: string;
  trajectories: number;
  /** Trajectories that became right, and wrong. */
  nowCorrect: number;
  nowIncorrect: number;
  before: { correct: number; meanReward: number };
  after: { correct: number; meanReward: number };
}

export interface Rescoring {
  /** Folder of the new scores. */
  prefix: string;
  versions: Record<string, string>;
  rollouts: RescoredRollout[];
  /** What of the run rests on older rewards than these. */
  stale: StaleWork[];
}

/**
 * Scores every scored trajectory of a run again by other rewards, into a folder that these rewards name: nothing of the
 * run is changed, and the same rewards find their work done. Throws `InvalidInputError` on an unknown run and on a reward
 * that fails its golden cases.
 */
export async function rescoreRun(deps: ScoringDeps, runId: string, rewards: RunConfig['rewards']): Promise<Rescoring> {
  const { store } = deps;
  const config = await readStoredConfig(store, runId);
  const active = await loadRewards(store, { ...config, rewards }, deps.environment);
  await refuseRewardFaults(store, { ...config, rewards });
  const versions = rewardVersions(active);
  const hash = hashJson([versions, rewards], 8);
  const finished = await readFinishedWork(store, runId);
  const shards = await listScoredShards(store, runId, config, finished);
  for (const input of shards) {
    const prefix = rescoredPrefix(runId, hash, input.rollout, input.shard);
    await rescoreShard(deps, { input, config, prefix, rewards: active });
  }
  const rollouts = [...Map.groupBy(shards, ({ rollout }) => rollout)].map(async ([rollout, own]) => {
    const read = async (prefixes: string[]) =>
      (await Promise.all(prefixes.map((prefix) => readRecords(store, recordsKey(prefix), TrajectoryScore)))).flat();
    const before = await read(own.map(({ shard }) => scoresPrefix(runId, rollout, shard)));
    const after = await read(own.map(({ shard }) => rescoredPrefix(runId, hash, rollout, shard)));
    return compareScores(rollout, before, after);
  });
  const stale = findStale(finished, versions, compareUses(config.rewards, rewards));
  return { prefix: rescoringPrefix(runId, hash), versions, rollouts: await Promise.all(rollouts), stale };
}

async function rescoreShard(deps: ScoringDeps, task: ScoringTask & { config: RunConfig }): Promise<void> {
  const { input, config, prefix } = task;
  const work = await beginWork<ScoringSummary>(deps.store, {
    ...{ prefix, stage: 'score', runId: input.runId, seed: config.seed },
    madeFrom: STAGES.score.madeFrom(input, config, 0),
    keeps: [scoreJournalsPrefix(prefix)],
  });
  if (work.kind === 'open') await scoreShard(deps, work, task);
}

async function refuseRewardFaults(store: Store, config: RunConfig): Promise<void> {
  const faults = await findRewardFaults(store, config);
  if (faults.length === 0) return;
  throw new InvalidInputError(faults.map(({ place, message }) => `${place}: ${message}`).join('\n'));
}

/** The shards of every rollout that are scored, the diagnosis' first. */
async function listScoredShards(
  store: Store,
  runId: string,
  { rl }: RunConfig,
  finished: readonly FinishedWork[],
): Promise<ShardItem[]> {
  const keys = new Set(finished.map(({ key }) => key));
  const rollouts = [DIAGNOSIS, ...Array.from({ length: rl.iterations }, (_, iteration) => iterationName(iteration))];
  const planned = rollouts.map((rollout) =>
    keys.has(manifestKey(planPrefix(runId, rollout)))
      ? readJson(store, planShardsKey(runId, rollout), z.array(ShardItem))
      : [],
  );
  return (await Promise.all(planned)).flat().filter((item) => keys.has(manifestKey(STAGES.score.prefix(item, 0))));
}

/** Compares two lists of scores in the order of the trajectories. */
function compareScores(
  rollout: string,
  before: readonly TrajectoryScore[],
  after: readonly TrajectoryScore[],
): RescoredRollout {
  const summarize = (scores: readonly TrajectoryScore[]) => ({
    correct: scores.filter(({ isCorrect }) => isCorrect).length,
    meanReward: scores.reduce((sum, { reward }) => sum + reward, 0) / scores.length,
  });
  const changed = after.filter(({ isCorrect }, index) => isCorrect !== before[index].isCorrect);
  const nowCorrect = changed.filter(({ isCorrect }) => isCorrect).length;
  return {
    rollout,
    trajectories: after.length,
    nowCorrect,
    nowIncorrect: changed.length - nowCorrect,
    before: summarize(before),
    after: summarize(after),
  };
}
