import { toTerminalText } from '../base/terminal-text.ts';
import type { RecordedTrajectory } from '../datasets/recorded-response.ts';
import type { TrajectoryScore } from '../schema/trajectory.ts';

/** A response with the verdict of our grader, and of the benchmark where it is known. */
export interface JudgedResponse {
  trajectory: RecordedTrajectory;
  score: TrajectoryScore;
}

/** How one model did, and how far the two verdicts agree. */
export interface ModelResult {
  model: string;
  responses: number;
  correct: number;
  /** Responses with a verdict of the benchmark, how many it calls correct, and on how many we agree. */
  official: number;
  officialCorrect: number;
  agreed: number;
}

/** Counts responses as they come. */
export interface ModelTally {
  add(judged: JudgedResponse): void;
  /** Per model in the order of appearance, and of all models together last. */
  results(): ModelResult[];
}

export function createModelTally(): ModelTally {
  const byModel = new Map<string, ModelResult>();
  const all = noResult('all');
  return {
    add(judged) {
      const { model } = judged.trajectory;
      const own = byModel.get(model) ?? noResult(model);
      byModel.set(model, own);
      count(own, judged);
      count(all, judged);
    },
    results: () => [...byModel.values(), all],
  };
}

const noResult = (model: string): ModelResult => ({
  model,
  responses: 0,
  correct: 0,
  official: 0,
  officialCorrect: 0,
  agreed: 0,
});

function count(result: ModelResult, judged: JudgedResponse): void {
  const { officialCorrect } = judged.trajectory;
  result.responses += 1;
  result.correct += Number(judged.score.isCorrect);
  if (officialCorrect === undefined) return;
  result.official += 1;
  result.officialCorrect += Number(officialCorrect);
  result.agreed += Number(!isDisagreement(judged));
}

export const isDisagreement = ({ trajectory, score }: JudgedResponse) =>
  trajectory.officialCorrect !== undefined && trajectory.officialCorrect !== score.isCorrect;

export const DISAGREEMENTS_HEADER =
  '| prompt | model | our grader | benchmark | evidence |\n| --- | --- | --- | --- | --- |\n';

/** A response on which the verdicts differ, with our reason, as a row of a Markdown table. */
export function renderDisagreement({ trajectory, score }: JudgedResponse): string {
  const { promptId, model, officialCorrect } = trajectory;
  const verdicts = [score.isCorrect, officialCorrect].map((isCorrect) => (isCorrect ? 'correct' : 'wrong'));
  const cells = [promptId, model, ...verdicts, score.rewardBreakdown.accuracy.evidence];
  return `| ${cells.map(escapeCell).join(' | ')} |\n`;
}

/** Nothing in a cell ends it, or its row, or controls a terminal. */
const escapeCell = (text: string) => toTerminalText(text.replace(/[\s\p{Cc}]+/gu, ' ')).replaceAll('|', '\\|');
