import { computeWilsonInterval } from '../base/statistics/wilson.ts';
import type { DecisionRule } from '../schema/config/diagnosis.ts';
import type { Decision, ExpertDecision, TrajectoryDecision } from '../schema/decision.ts';
import type { ExpertAnswer } from '../schema/expert-answer.ts';
import type { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { explainRoute } from './route-group.ts';
import type { Selected } from './select-examples.ts';

/** What decisions of a diagnosis have in common. */
export interface Circumstances {
  policy: Decision['policy'];
  rule: DecisionRule;
  /** Bound on the questions to the expert, counted over the run in the order of its prompts. */
  maxConsultations?: number;
}

/** What a line of the log is made of. */
export interface Decided extends Pick<Selected, 'route' | 'answer' | 'choices' | 'examples'> {
  trajectories: readonly Pick<Trajectory, 'trajectoryIndex' | 'seed'>[];
  scores: readonly Pick<TrajectoryScore, 'rewardBreakdown'>[];
}

/**
 * The lines of the decision log for the prompts of a shard, in their order.
 *
 * @param asked prompts of earlier shards whose branch is the expert
 */
export function buildDecisions(circumstances: Circumstances, selected: readonly Decided[], asked: number): Decision[] {
  const { policy, rule, maxConsultations = Number.POSITIVE_INFINITY } = circumstances;
  let place = asked;
  return selected.map((one) => {
    const { route, scores, examples } = one;
    const { promptId, groupSize, passRate, kind, correctTrajectoryIndices } = route;
    const correct = correctTrajectoryIndices.length;
    const isAsked = kind === 'expert' && place++ < maxConsultations;
    return {
      promptId,
      policy,
      groupSize,
      correct,
      passRate,
      interval: computeWilsonInterval(correct, groupSize),
      rule: { decideBy: rule.decideBy, selfDistillMin: rule.selfDistillMin, masteredMin: rule.masteredMin },
      rewards: listVersions(scores),
      branch: kind,
      because: explainRoute(route, rule),
      trajectories: one.trajectories.map((trajectory) => decideTrajectory(one, trajectory)),
      ...(kind === 'expert' && { expert: decideExpert(one.answer, isAsked) }),
      examples: examples.map(({ exampleId }) => exampleId),
    };
  });
}

const listVersions = (scores: Decided['scores']) =>
  Object.fromEntries(
    scores.flatMap(({ rewardBreakdown }) =>
      Object.entries(rewardBreakdown).map(([name, { version }]) => [name, version]),
    ),
  );

function decideTrajectory(
  { route, choices }: Decided,
  { trajectoryIndex, seed }: Decided['trajectories'][number],
): TrajectoryDecision {
  if (!route.correctTrajectoryIndices.includes(trajectoryIndex)) {
    return { trajectoryIndex, seed, outcome: 'wrong', because: 'its answer is not right' };
  }
  const choice = choices.find((each) => each.trajectory.trajectoryIndex === trajectoryIndex);
  if (!choice) {
    const because = route.kind === 'mastered' ? 'the prompt is mastered' : 'the prompt goes to the expert';
    return { trajectoryIndex, seed, outcome: 'other-route', because };
  }
  const { trajectory: _, ...outcome } = choice;
  return { trajectoryIndex, seed, ...outcome };
}

function decideExpert(answer: ExpertAnswer | undefined, isAsked: boolean): ExpertDecision {
  if (answer) {
    const { provider, isVerified, refusal = 'wrong', evidence } = answer;
    return { outcome: isVerified ? 'kept' : refusal, provider, because: evidence };
  }
  if (isAsked) return { outcome: 'unanswered', because: 'the expert had no answer' };
  return { outcome: 'not-asked', because: 'expert.maxConsultations were asked before' };
}
