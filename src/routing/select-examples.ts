import type { PromptExample } from '../formats/format.ts';
import { ACCURACY_VERSION } from '../rewards/index.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import type { ExpertAnswer } from '../schema/expert-answer.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { ExpertRoute, Route, SelfDistillRoute } from '../schema/route.ts';
import type { SftExample } from '../schema/sft-example.ts';
import type { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { type Choice, chooseTrajectories, type SelfDistillation } from './choose-trajectories.ts';

/** All that is known of the prompts of a diagnosis. */
export interface Diagnosis {
  routes: readonly Route[];
  prompts: readonly Prompt[];
  trajectories: readonly Trajectory[];
  scores: readonly TrajectoryScore[];
  answers: readonly ExpertAnswer[];
}

/** How SFT's examples are chosen, and the run that they are of. */
export interface Selection extends SelfDistillation {
  runId: string;
}

/** All that is known of one prompt, what was chosen of it, and the examples that this gives. */
export interface Selected {
  prompt: Prompt;
  route: Route;
  trajectories: readonly Trajectory[];
  scores: readonly TrajectoryScore[];
  answer: ExpertAnswer | undefined;
  /** Of the correct trajectories, where the policy learns from itself. */
  choices: readonly Choice[];
  examples: readonly SftExample[];
}

/** What SFT learns from the prompts of a diagnosis, in the order of their routes. */
export function selectExamples(selection: Selection, diagnosis: Diagnosis): PromptExample[] {
  return listExamples(selectByPrompt(selection, diagnosis));
}

/** The examples of what was selected, each with its prompt. */
export function listExamples(selected: readonly Selected[]): PromptExample[] {
  return selected.flatMap(({ prompt, examples }) => examples.map((example) => ({ prompt, example })));
}

/** What is chosen of each prompt of a diagnosis, in the order of their routes. */
export function selectByPrompt(selection: Selection, diagnosis: Diagnosis): Selected[] {
  const promptOf = byPrompt(diagnosis.prompts);
  const trajectoriesOf = byPrompt(diagnosis.trajectories);
  const scoresOf = byPrompt(diagnosis.scores);
  const answersOf = byPrompt(diagnosis.answers);
  const select = (known: Omit<Selected, 'choices' | 'examples'>): Selected => {
    const { route, trajectories, scores, answer } = known;
    switch (route.kind) {
      case 'mastered':
        return { ...known, choices: [], examples: [] };
      case 'self-distill':
        return { ...known, ...selectSelfDistilled(selection, route, trajectories, scores) };
      case 'expert':
        return { ...known, choices: [], examples: selectExpert(selection, route, answer) };
    }
  };
  return diagnosis.routes.map((route) =>
    select({
      route,
      prompt: promptOf.get(route.promptId)![0],
      trajectories: trajectoriesOf.get(route.promptId) ?? [],
      scores: scoresOf.get(route.promptId) ?? [],
      answer: answersOf.get(route.promptId)?.[0],
    }),
  );
}

const byPrompt = <T extends { promptId: string }>(records: readonly T[]) =>
  Map.groupBy(records, ({ promptId }) => promptId);

const graderVersion = `accuracy@${ACCURACY_VERSION}`;

/** What SFT keeps of a self-distill group, and why not the rest: a choice for each of its correct trajectories. */
export function selectSelfDistilled(
  selection: Selection,
  route: SelfDistillRoute,
  trajectories: readonly Trajectory[],
  scores: readonly TrajectoryScore[],
): { choices: Choice[]; examples: SftExample[] } {
  const successes = trajectories
    .filter(({ trajectoryIndex }) => route.correctTrajectoryIndices.includes(trajectoryIndex))
    .map((trajectory) => ({ trajectory, score: scoreOf(trajectory, scores) }));
  const choices = chooseTrajectories(selection, successes);
  const examples = choices
    .filter(({ outcome }) => outcome === 'kept')
    .map(({ trajectory }): SftExample => {
      const { promptId, trajectoryIndex, policyVersion, text } = trajectory;
      const { rewardBreakdown } = scoreOf(trajectory, scores);
      const { runId } = selection;
      return {
        exampleId: `${fileSafe(promptId)}-self-${trajectoryIndex}`,
        source: 'self-distill',
        promptId,
        response: text.trim(),
        provenance: { runId, route, trajectoryIndex, policyVersion, rewardBreakdown, graderVersion },
      };
    });
  return { choices, examples };
}

/** The example of an expert's answer; none where it was not verified. */
export function selectExpert(
  { runId }: Pick<Selection, 'runId'>,
  route: ExpertRoute,
  answer: ExpertAnswer | undefined,
): SftExample[] {
  if (!answer?.isVerified) return [];
  const { promptId, response, provider, consultation } = answer;
  const provenance = { runId, route, expertProvider: provider, graderVersion, ...(consultation && { consultation }) };
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
