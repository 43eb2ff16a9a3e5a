import type { Route } from '../../schema/route.ts';
import type { TrajectoryScore } from '../../schema/trajectory.ts';

/**
 * Decides what SFT needs from a prompt, by the pass rate of its diagnosis group (Metis-RISE): 1, nothing more to learn;
 * between 0 and 1, the policy's own successes; 0, an expert.
 */
export function routeGroup(
  promptId: string,
  scores: readonly Pick<TrajectoryScore, 'trajectoryIndex' | 'isCorrect'>[],
): Route {
  const correct = scores.filter((score) => score.isCorrect);
  const evidence = {
    promptId,
    passRate: correct.length / scores.length,
    groupSize: scores.length,
    correctTrajectoryIndices: correct.map((score) => score.trajectoryIndex).sort((a, b) => a - b),
  };
  if (correct.length === 0) return { ...evidence, kind: 'expert', passRate: 0, correctTrajectoryIndices: [] };
  if (correct.length === scores.length) return { ...evidence, kind: 'mastered', passRate: 1 };
  return { ...evidence, kind: 'self-distill' };
}
