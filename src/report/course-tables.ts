import type { RlCourse } from '../schema/evaluation.ts';
import { describeDifference, percent, points, probability, type Table, TESTS } from './benchmark-tables.ts';

/** The RL policy as it was measured while it learned, and what its best is over its last. */
export function courseTables({ benchmark, figure, measured, best, goesOn, bestOverLast }: RlCourse): Table[] {
  const rows = measured.map(({ iteration, accuracy, low, high, n }, at) => {
    const isLast = at === measured.length - 1;
    const marks = [...(iteration === best ? ['best'] : []), ...(isLast ? ['last'] : [])];
    const chosen = goesOn === 'best' ? iteration === best : isLast;
    const told = [...marks, ...(chosen ? ['goes on'] : [])].join(', ');
    return [String(iteration), percent(accuracy), `${percent(low)} to ${percent(high)}`, String(n), told];
  });
  const header = ['iteration', figure, '95% interval', 'prompts', ''];
  const course = { title: `The RL policy while it learned, on ${benchmark}`, header, rows };
  if (!bestOverLast) return [course];
  const { difference, low, high, test, p } = bestOverLast;
  const row = [
    `iteration ${best} over the last`,
    `${points(difference)} points`,
    `${points(low)} to ${points(high)}`,
    `${TESTS[test]} ${probability(p)}`,
    describeDifference(difference, p),
  ];
  const title = 'Accuracy of the best over the last, on the prompts that chose it, which favours it';
  return [course, { title, header: ['', 'difference', '95% interval', 'p', ''], rows: [row] }];
}
