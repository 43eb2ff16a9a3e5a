import { type Decision, type Shortfall, TRAJECTORY_OUTCOMES } from '../schema/decision.ts';

/** Why self-distillation gives fewer examples than asked: what is known already, and what these decisions add. */
export function addShortfall(
  known: Shortfall,
  decisions: readonly Pick<Decision, 'branch' | 'trajectories' | 'examples'>[],
): Shortfall {
  const { asked } = known;
  const short = decisions.filter(({ branch, examples }) => branch === 'self-distill' && examples.length < asked);
  const outcomes = short.flatMap(({ trajectories }) => trajectories.map(({ outcome }) => outcome));
  const counts = TRAJECTORY_OUTCOMES.filter((outcome) => outcome !== 'kept')
    .map((outcome) => {
      const more = outcomes.filter((each) => each === outcome).length;
      return [outcome, (known.outcomes[outcome] ?? 0) + more] as const;
    })
    .filter(([, count]) => count > 0);
  return {
    asked,
    prompts: known.prompts + short.length,
    empty: known.empty + short.filter(({ examples }) => examples.length === 0).length,
    outcomes: Object.fromEntries(counts),
  };
}

/** Nothing is known yet of a selection of that many examples per prompt. */
export const noShortfall = (asked: number): Shortfall => ({ asked, prompts: 0, empty: 0, outcomes: {} });
