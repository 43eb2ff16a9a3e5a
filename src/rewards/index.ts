export { ACCURACY_VERSION, findGoldFault, gradeAnswer, type Verdict } from './accuracy/grade-answer.ts';
export { BUILT_IN_REWARDS, BUILT_IN_VERSIONS } from './built-in.ts';
export { isFormatted } from './format.ts';
export type { Reward, RewardContext, ScoredTrajectory, Scorer } from './reward.ts';
export { type ActiveReward, scoreTrajectory } from './score-trajectory.ts';
