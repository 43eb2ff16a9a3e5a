import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import type { PromptExample } from '../../formats/format.ts';
import { ACCURACY_VERSION, isFormatted } from '../../rewards/index.ts';
import { CorruptRecordError } from '../../schema/errors.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { ExpertAnswer, ExpertRoute, Route, SelfDistillRoute } from '../../schema/route.ts';
import type { SftExample } from '../../schema/sft-example.ts';
import type { Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';

/** All that is known of the prompts of a diagnosis. */
export interface Diagnosis {
  routes: readonly Route[];
  prompts: readonly Prompt[];
  trajectories: readonly Trajectory[];
  scores: readonly TrajectoryScore[];
  answers: readonly ExpertAnswer[];
}

/** How many successes of the policy are kept per prompt, and the seed that chooses them. */
export interface Selection {
  runId: string;
  seed: number;
  maxKept: number;
}

const graderVersion = `accuracy@${ACCURACY_VERSION}`;

/** What SFT learns from the prompts of a diagnosis, in the order of their routes. */
export function selectExamples(selection: Selection, diagnosis: Diagnosis): PromptExample[] {
  const promptOf = byPrompt(diagnosis.prompts);
  const trajectoriesOf = byPrompt(diagnosis.trajectories);
  const scoresOf = byPrompt(diagnosis.scores);
  const answersOf = byPrompt(diagnosis.answers);
  const selectOf = (route: Route): SftExample[] => {
    const { promptId } = route;
    switch (route.kind) {
      case 'mastered':
        return [];
      case 'self-distill':
        return selectSelfDistilled(selection, route, trajectoriesOf.get(promptId) ?? [], scoresOf.get(promptId) ?? []);
      case 'expert':
        return selectExpert(selection, route, answersOf.get(promptId)?.[0]);
    }
  };
  return diagnosis.routes.flatMap((route) => {
    const [prompt] = promptOf.get(route.promptId)!;
    return selectOf(route).map((example) => ({ prompt, example }));
  });
}

const byPrompt = <T extends { promptId: string }>(records: readonly T[]) =>
  Map.groupBy(records, ({ promptId }) => promptId);

/**
 * What SFT keeps of a self-distill group: of its correct trajectories with different texts, at most `maxKept` in a seeded
 * order. Those that ended by themselves in the right format come first, and alone where there are any.
 */
export function selectSelfDistilled(
  { runId, seed, maxKept }: Selection,
  route: SelfDistillRoute,
  trajectories: readonly Trajectory[],
  scores: readonly TrajectoryScore[],
): SftExample[] {
  const correct = trajectories.filter(({ trajectoryIndex }) =>
    route.correctTrajectoryIndices.includes(trajectoryIndex),
  );
  const distinct = [...new Map(correct.map((trajectory) => [trajectory.text.trim(), trajectory])).values()];
  const exemplary = distinct.filter(({ text, finishReason }) => finishReason === 'stop' && isFormatted(text));
  const order = createRandom(deriveSeed(seed, 'self-distill', route.promptId));
  const chosen = order.shuffle(exemplary.length > 0 ? exemplary : distinct).slice(0, maxKept);
  return chosen.map((trajectory) => {
    const { promptId, trajectoryIndex, policyVersion, text } = trajectory;
    const { rewardBreakdown } = scoreOf(trajectory, scores);
    return {
      exampleId: `${fileSafe(promptId)}-self-${trajectoryIndex}`,
      source: 'self-distill',
      promptId,
      response: text.trim(),
      provenance: { runId, route, trajectoryIndex, policyVersion, rewardBreakdown, graderVersion },
    };
  });
}

/** The example of an expert's answer; none where it was not verified. */
export function selectExpert(
  { runId }: Pick<Selection, 'runId'>,
  route: ExpertRoute,
  answer: ExpertAnswer | undefined,
): SftExample[] {
  if (!answer?.isVerified) return [];
  const { promptId, response, provider } = answer;
  const provenance = { runId, route, expertProvider: provider, graderVersion };
  return [
    { exampleId: `${fileSafe(promptId)}-expert`, source: 'expert', promptId, response: response.trim(), provenance },
  ];
}

function scoreOf({ promptId, trajectoryIndex }: Trajectory, scores: readonly TrajectoryScore[]): TrajectoryScore {
  const score = scores.find((candidate) => candidate.trajectoryIndex === trajectoryIndex);
  if (score) return score;
  throw new CorruptRecordError(`trajectory ${trajectoryIndex} of ${promptId} has no score; score its group again`);
}

/**
 * A name for WebDataset, which takes all up to the first dot as an example's name, `/` as a folder, and passes over names
 * that begin with two underscores. Different ids give different names: an underscore is written out, too, where it begins
 * a name or what would read as a character written out.
 */
const fileSafe = (promptId: string) =>
  promptId.replace(
    /[^A-Za-z0-9_-]|^_|_(?=[0-9a-f]+[^A-Za-z0-9-])/g,
    (character) => `_${character.charCodeAt(0).toString(16)}_`,
  );
