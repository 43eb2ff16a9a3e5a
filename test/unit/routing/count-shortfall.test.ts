import { addShortfall, noShortfall } from '../../../src/routing/count-shortfall.ts';
import type { TrajectoryOutcome } from '../../../src/schema/decision.ts';

const aDecision = (branch: 'self-distill' | 'expert', ...outcomes: TrajectoryOutcome[]) => ({
  branch,
  trajectories: outcomes.map((outcome, trajectoryIndex) => ({ trajectoryIndex, seed: 0, outcome })),
  examples: outcomes.filter((outcome) => outcome === 'kept'),
});

describe('a shortfall', () => {
  it('counts the prompts with fewer examples than asked, and why the rest of theirs is not learned', () => {
    const decisions = [
      aDecision('self-distill', 'kept', 'wrong', 'duplicate', 'wrong'),
      aDecision('self-distill', 'kept', 'kept', 'beyond-max'),
      aDecision('self-distill', 'unformatted', 'wrong'),
      aDecision('expert', 'wrong', 'wrong'),
    ];
    const counted = { asked: 2, prompts: 2, empty: 1, outcomes: { wrong: 3, duplicate: 1, unformatted: 1 } };
    expect(addShortfall(noShortfall(2), decisions)).toEqual(counted);
    const inParts = addShortfall(addShortfall(noShortfall(2), decisions.slice(0, 1)), decisions.slice(1));
    expect(inParts).toEqual(counted);
    expect(addShortfall(noShortfall(2), decisions.slice(1, 2))).toEqual(noShortfall(2));
  });
});
