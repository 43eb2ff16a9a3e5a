export { ACCURACY_VERSION, findGoldFault, gradeAnswer, type Verdict } from './accuracy/grade-answer.ts';
export { isFormatted } from './format.ts';
export { REWARD_VERSIONS, type RewardConfig, scoreTrajectory } from './score-trajectory.ts';
