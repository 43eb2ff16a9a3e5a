import { meanValues } from '../../../src/rewards/mean-values.ts';
import type { TrajectoryScore } from '../../../src/schema/trajectory.ts';
import { averageRewards, type ShardScoring } from '../../../src/stages/report/read-scoring.ts';

const aPart = (value: number) => ({ value, weight: 2, version: 'x@1', evidence: '' });
const aShard = (rollout: string, trajectories: number, meanReward: number, brevity: number): ShardScoring => {
  return { rollout, key: rollout, trajectories, meanReward, rewards: { brevity } };
};

describe('mean rewards', () => {
  it('are of the values, not of what they weigh, each over the scores that have it', () => {
    const scores: Pick<TrajectoryScore, 'rewardBreakdown'>[] = [
      { rewardBreakdown: { accuracy: aPart(1), brevity: aPart(0.5) } },
      { rewardBreakdown: { accuracy: aPart(0) } },
    ];
    expect(meanValues(scores)).toEqual({ accuracy: 0.5, brevity: 0.5 });
  });

  it('of a rollout count each trajectory once, and the diagnosis comes last', () => {
    const scoring = [
      aShard('diagnosis', 4, 1, 1),
      aShard('iteration-000000', 3, 0, 0.5),
      aShard('iteration-000000', 1, 1, 0.9),
    ];
    expect(averageRewards(scoring)).toEqual([
      { rollout: 'iteration-000000', reward: 0.25, means: { brevity: expect.closeTo(0.6) } },
      { rollout: 'diagnosis', reward: 1, means: { brevity: 1 } },
    ]);
  });
});
