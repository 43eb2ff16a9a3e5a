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

/** Results per model in the order of appearance, and of all models together last. */
export function tallyModels(judged: readonly JudgedResponse[]): ModelResult[] {
  const byModel = Map.groupBy(judged, ({ trajectory }) => trajectory.model);
  return [...[...byModel].map(([model, own]) => tally(model, own)), tally('all', judged)];
}

function tally(model: string, judged: readonly JudgedResponse[]): ModelResult {
  const official = judged.filter(({ trajectory }) => trajectory.officialCorrect !== undefined);
  return {
    model,
    responses: judged.length,
    correct: judged.filter(({ score }) => score.isCorrect).length,
    official: official.length,
    officialCorrect: official.filter(({ trajectory }) => trajectory.officialCorrect).length,
    agreed: official.filter((response) => !isDisagreement(response)).length,
  };
}

export const isDisagreement = ({ trajectory, score }: JudgedResponse) =>
  trajectory.officialCorrect !== undefined && trajectory.officialCorrect !== score.isCorrect;

/** The responses on which the verdicts differ, as a Markdown table with our reasons. */
export function renderDisagreements(judged: readonly JudgedResponse[]): string {
  const inCell = (text: string) => toTerminalText(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const rows = judged.filter(isDisagreement).map(({ trajectory, score }) => {
    const verdicts = [score.isCorrect, trajectory.officialCorrect].map((isCorrect) =>
      isCorrect ? 'correct' : 'wrong',
    );
    const { evidence } = score.rewardBreakdown.accuracy;
    return `| ${[trajectory.promptId, trajectory.model, ...verdicts, evidence].map(inCell).join(' | ')} |\n`;
  });
  return `| prompt | model | our grader | benchmark | evidence |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`;
}
