import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/base/package-root.ts';
import { findGoldFault, gradeAnswer } from '../../../../src/rewards/index.ts';

interface GoldenCase {
  id: string;
  family: string;
  gold: string;
  answer: string;
  options?: string[];
  verdict: string;
  reason: string;
}

const cases: GoldenCase[] = readFileSync(join(packageRoot, 'test/fixtures/grading/golden.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const families = [...Map.groupBy(cases, ({ family }) => family)];

describe('the golden cases', () => {
  it('are at least 600, each with its reason', () => {
    expect(cases.length).toBeGreaterThanOrEqual(600);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.filter(({ reason }) => reason === '')).toEqual([]);
  });

  it.each(families)('of %s have the verdict they were made with', (_, own) => {
    const wrong = own.flatMap(({ id, gold, answer, options, verdict, reason }) => {
      const given = gradeAnswer({ groundTruth: gold, options }, answer);
      return given.verdict === verdict ? [] : [`${id}: ${verdict} (${reason}), but ${given.verdict}: ${given.reason}`];
    });
    expect(wrong).toEqual([]);
  });

  it('have golds that can be graded against', () => {
    const faults = cases.map(({ gold, options }) => findGoldFault({ groundTruth: gold, options }));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});
