import { type BarPair, nameBar } from './bar-pair.ts';
import { boxed, formatResponse } from './response.ts';
import type { TaskDraft } from './tier.ts';

/** The task of reading two bars and joining them by `operator`; `result` is what that gives. */
export function draftArithmetic(
  { chart, first, second }: BarPair,
  question: string,
  operator: '+' | '-' | '*',
  result: number,
): TaskDraft {
  const annotations = [nameBar(first), nameBar(second)];
  const answer = String(result);
  const thought = `${annotations.join(', ')}, ${first.value} ${operator} ${second.value} = ${answer}.`;
  return { scene: chart, question, answer, annotations, solution: formatResponse(thought, boxed(answer)) };
}
