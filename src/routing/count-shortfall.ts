import { type Decision, type Shortfall, TRAJECTORY_OUTCOMES } from '../schema/decision.ts';

/** Why self-distillation gives fewer examples than asked, over all decisions; undefined where each prompt gives as many. */
export function countShortfall(
  decisions: readonly Pick<Decision, 'branch' | 'trajectories' | 'examples'>[],
  asked: number,
): Shortfall | undefined {
  const short = decisions.filter(({ branch, examples }) => branch === 'self-distill' && examples.length < asked);
  if (short.length === 0) return undefined;
  const outcomes = short.flatMap(({ trajectories }) => trajectories.map(({ outcome }) => outcome));
  const counted = TRAJECTORY_OUTCOMES.filter((outcome) => outcome !== 'kept')
    .map((outcome) => [outcome, outcomes.filter((each) => each === outcome).length] as const)
    .filter(([, count]) => count > 0);
  const empty = short.filter(({ examples }) => examples.length === 0).length;
  return { asked, prompts: short.length, empty, outcomes: Object.fromEntries(counted) };
}
