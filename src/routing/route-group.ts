import { computeWilsonInterval } from '../base/statistics/wilson.ts';
import { type DecisionRule, PAPER_RULE } from '../schema/config/diagnosis.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Route } from '../schema/route.ts';
import type { TrajectoryScore } from '../schema/trajectory.ts';

/**
 * Decides what SFT needs from a prompt, by its diagnosis group (Metis-RISE): nothing more, the policy's own successes, or
 * an expert. By the paper's rule these are pass rates of 1, between 0 and 1, and 0.
 */
export function routeGroup(
  promptId: string,
  scores: readonly Pick<TrajectoryScore, 'trajectoryIndex' | 'isCorrect'>[],
  rule: DecisionRule = PAPER_RULE,
): Route {
  const correct = scores.filter((score) => score.isCorrect);
  return {
    promptId,
    passRate: correct.length / scores.length,
    groupSize: scores.length,
    correctTrajectoryIndices: correct.map((score) => score.trajectoryIndex).sort((a, b) => a - b),
    kind: chooseBranch(correct.length, scores.length, rule),
  };
}

/** The routes of prompts with scored groups, in their order. */
export function routePrompts(
  prompts: readonly Pick<Prompt, 'promptId'>[],
  scores: readonly TrajectoryScore[],
  rule: DecisionRule,
): Route[] {
  const groups = Map.groupBy(scores, ({ promptId }) => promptId);
  return prompts.map(({ promptId }) => routeGroup(promptId, groups.get(promptId)!, rule));
}

/**
 * The branch of `correct` out of `groupSize`. A prompt goes to the expert where all that its pass rate may be is below
 * `selfDistillMin`, and is mastered where all of it is at least `masteredMin`: by `pass-rate` that is one number, by
 * `wilson-interval` its upper bound decides the first and its lower bound the second. No success is always the expert's.
 */
function chooseBranch(correct: number, groupSize: number, rule: DecisionRule): Route['kind'] {
  const { low, high } = estimatePassRate(correct, groupSize, rule);
  if (correct === 0 || high < rule.selfDistillMin) return 'expert';
  return low >= rule.masteredMin ? 'mastered' : 'self-distill';
}

function estimatePassRate(correct: number, groupSize: number, { decideBy }: DecisionRule) {
  const passRate = correct / groupSize;
  return decideBy === 'pass-rate' ? { low: passRate, high: passRate } : computeWilsonInterval(correct, groupSize);
}

/** The reason for a route, in words. */
export function explainRoute(
  { kind, correctTrajectoryIndices: { length: correct }, groupSize }: Route,
  rule: DecisionRule,
): string {
  const { selfDistillMin, masteredMin } = rule;
  const { low, high } = estimatePassRate(correct, groupSize, rule);
  const isInterval = rule.decideBy === 'wilson-interval';
  const found = isInterval
    ? `a pass rate of ${low.toFixed(3)} to ${high.toFixed(3)}`
    : `a pass rate of ${low.toFixed(3)}`;
  const given = `${correct} of ${groupSize} right`;
  switch (kind) {
    case 'mastered':
      return `${given}: ${found}, ${isInterval ? 'all of it ' : ''}at least masteredMin ${masteredMin}`;
    case 'expert':
      if (correct === 0) return `${given}: nothing of its own to learn from`;
      return `${given}: ${found}, ${isInterval ? 'all of it ' : ''}below selfDistillMin ${selfDistillMin}`;
    case 'self-distill':
      if (isInterval)
        return `${given}: ${found}, neither surely below selfDistillMin ${selfDistillMin} nor surely at least masteredMin ${masteredMin}`;
      return `${given}: ${found}, from selfDistillMin ${selfDistillMin} to below masteredMin ${masteredMin}`;
  }
}
