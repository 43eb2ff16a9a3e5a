import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { ACCURACY_VERSION, isFormatted } from '../../rewards/index.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { ExpertAnswer, Route, SftExample } from '../../schema/route.ts';
import type { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';

/** What SFT learns from a prompt. */
export interface PromptExample {
  prompt: Prompt;
  example: SftExample;
}

const graderVersion = `accuracy@${ACCURACY_VERSION}`;

/**
 * What SFT keeps of a self-distill group: of its correct trajectories with different texts, at most `maxKept` in a seeded
 * order. Those that ended by themselves in the right format come first, and alone where there are any.
 */
export function selectSelfDistilled(
  run: { runId: string; seed: number },
  route: Route,
  trajectories: readonly Trajectory[],
  scores: readonly TrajectoryScore[],
  maxKept: number,
): SftExample[] {
  const correct = trajectories.filter(({ trajectoryIndex }) =>
    route.correctTrajectoryIndices.includes(trajectoryIndex),
  );
  const distinct = [...new Map(correct.map((trajectory) => [trajectory.text.trim(), trajectory])).values()];
  const exemplary = distinct.filter(({ text, finishReason }) => finishReason === 'stop' && isFormatted(text));
  const order = createRandom(deriveSeed(run.seed, 'self-distill', route.promptId));
  const kept = order.shuffle(exemplary.length > 0 ? exemplary : distinct).slice(0, maxKept);
  return kept.map(({ promptId, trajectoryIndex, policyVersion, text }) => ({
    exampleId: `${fileSafe(promptId)}-self-${trajectoryIndex}`,
    source: 'self-distill',
    promptId,
    response: text.trim(),
    provenance: {
      runId: run.runId,
      route,
      trajectoryIndex,
      policyVersion,
      rewardBreakdown: scores.find((score) => score.trajectoryIndex === trajectoryIndex)?.rewardBreakdown,
      graderVersion,
    },
  }));
}

/** The example of an expert's answer; none where it was not verified. */
export function selectExpert(runId: string, route: Route, answer: ExpertAnswer | undefined): SftExample[] {
  if (!answer?.isVerified) return [];
  const { promptId, response, provider } = answer;
  const provenance = { runId, route, expertProvider: provider, graderVersion };
  return [
    { exampleId: `${fileSafe(promptId)}-expert`, source: 'expert', promptId, response: response.trim(), provenance },
  ];
}

/** WebDataset takes all up to the first dot as an example's name, and `/` as a folder. */
const fileSafe = (promptId: string) =>
  promptId.replace(/[^A-Za-z0-9_-]/g, (character) => `_${character.codePointAt(0)?.toString(16)}_`);
