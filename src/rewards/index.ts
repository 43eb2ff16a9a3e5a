export { GradeOptions } from './accuracy/decimal-comma.ts';
export { findBrokenCommand } from './accuracy/gold/gold-fault.ts';
export { ACCURACY_VERSION, findGoldFault, gradeAnswer, type Verdict } from './accuracy/grade-answer.ts';
export { BUILT_IN_REWARDS, BUILT_IN_VERSIONS } from './built-in.ts';
export { completeSolution } from './complete-solution.ts';
export { isFormatted } from './format.ts';
export { matchFacts } from './judges/matcher/match-facts.ts';
export type {
  DefineReward,
  Reward,
  RewardContext,
  RewardServices,
  ScorableTrajectory,
  Scorer,
  UserReward,
} from './reward.ts';
export { type ActiveReward, scoreTrajectory } from './score-trajectory.ts';
export {
  DEFAULT_DEMANDS,
  prepareResponse,
  type ResponseDemands,
  responseDemandsOf,
} from './worked-response.ts';
