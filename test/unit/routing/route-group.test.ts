import fc from 'fast-check';
import { explainRoute, routeGroup } from '../../../src/routing/route-group.ts';
import { type DecisionRule, DiagnosisConfig, PAPER_RULE } from '../../../src/schema/config/diagnosis.ts';
import { Route } from '../../../src/schema/route.ts';

const aGroup = (correct: number, groupSize: number) =>
  Array.from({ length: groupSize }, (_, trajectoryIndex) => ({
    trajectoryIndex,
    isCorrect: trajectoryIndex < correct,
  }));
const routeOf = (correct: number, groupSize: number, rule?: Partial<DecisionRule>) =>
  routeGroup('p', aGroup(correct, groupSize), { ...PAPER_RULE, ...rule });
const interval = (selfDistillMin: number, masteredMin: number) =>
  ({ decideBy: 'wilson-interval', selfDistillMin, masteredMin }) as const;

describe("the paper's rule", () => {
  it.each([
    [[true, true, true], 'mastered', 1],
    [[true, false, true, false], 'self-distill', 0.5],
    [[false, false], 'expert', 0],
  ])('calls a group with verdicts %j %s', (verdicts, kind, passRate) => {
    const group = verdicts.map((isCorrect, trajectoryIndex) => ({ trajectoryIndex, isCorrect }));
    const correctTrajectoryIndices = verdicts.flatMap((isCorrect, index) => (isCorrect ? [index] : []));
    const groupSize = verdicts.length;
    expect(routeGroup('p', group)).toEqual({ promptId: 'p', kind, passRate, groupSize, correctTrajectoryIndices });
  });
});

describe('thresholds', () => {
  // Of 8: 1/8 = 0.125, 2/8 = 0.25, 6/8 = 0.75, 7/8 = 0.875.
  it.each([
    [0, 'expert'],
    [1, 'expert'],
    [2, 'self-distill'],
    [6, 'self-distill'],
    [7, 'mastered'],
    [8, 'mastered'],
  ])('of 0.25 and 0.875 make %i of 8 right %s', (correct, kind) => {
    expect(routeOf(correct, 8, { selfDistillMin: 0.25, masteredMin: 0.875 }).kind).toBe(kind);
  });

  // Wilson's 95% intervals, of another program: 1/8 [0.0224, 0.4709], 4/8 [0.2152, 0.7848], 7/8 [0.5291, 0.9776],
  // 8/8 [0.6756, 1], 1/64 [0.0028, 0.0833].
  it.each([
    [1, 8, 0.48, 0.6, 'expert'],
    [1, 8, 0.47, 0.6, 'self-distill'],
    [4, 8, 0.5, 0.6, 'self-distill'],
    [7, 8, 0, 0.53, 'self-distill'],
    [7, 8, 0, 0.52, 'mastered'],
    [8, 8, 0, 0.6757, 'self-distill'],
    [8, 8, 0, 0.6755, 'mastered'],
    [1, 64, 0.084, 0.9, 'expert'],
    [0, 8, 0, 0.6, 'expert'],
  ])('by interval make %i of %i with selfDistillMin %f and masteredMin %f %s', (correct, size, least, most, kind) => {
    expect(routeOf(correct, size, interval(least, most)).kind).toBe(kind);
  });

  const rules = fc.record({
    decideBy: fc.constantFrom('pass-rate' as const, 'wilson-interval' as const),
    thresholds: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true })),
  });
  const rank = { expert: 0, 'self-distill': 1, mastered: 2 };
  const group = fc
    .integer({ min: 1, max: 40 })
    .chain((size) => fc.tuple(fc.integer({ min: 0, max: size }), fc.constant(size)));

  it('never route a prompt with more right answers lower, nor one lower where a threshold falls', () => {
    fc.assert(
      fc.property(group, rules, fc.double({ min: 0, max: 1, noNaN: true }), ([correct, size], rule, factor) => {
        const [selfDistillMin, masteredMin] = rule.thresholds.toSorted((left, right) => left - right);
        const of = (right: number, least = selfDistillMin, most = masteredMin) =>
          rank[routeOf(right, size, { decideBy: rule.decideBy, selfDistillMin: least, masteredMin: most }).kind];
        if (correct < size) expect(of(correct + 1)).toBeGreaterThanOrEqual(of(correct));
        expect(of(correct, selfDistillMin * factor)).toBeGreaterThanOrEqual(of(correct));
        expect(of(correct, 0, masteredMin * factor)).toBeGreaterThanOrEqual(of(correct, 0));
        expect(of(0)).toBe(rank.expert);
      }),
    );
  });

  it('say the reason', () => {
    const explain = (correct: number, rule: Partial<DecisionRule>) =>
      explainRoute(routeOf(correct, 8, rule), { ...PAPER_RULE, ...rule });
    expect(explain(8, {})).toBe('8 of 8 right: a pass rate of 1.000, at least masteredMin 1');
    expect(explain(0, {})).toBe('0 of 8 right: nothing of its own to learn from');
    expect(explain(1, { selfDistillMin: 0.2 })).toBe('1 of 8 right: a pass rate of 0.125, below selfDistillMin 0.2');
    expect(explain(1, interval(0.5, 0.6))).toBe(
      '1 of 8 right: a pass rate of 0.022 to 0.471, all of it below selfDistillMin 0.5',
    );
  });

  it.each([
    [{ selfDistillMin: 0.5, masteredMin: 0.4 }, /less than selfDistillMin, 0.5; raise it/],
    [{ decideBy: 'wilson-interval' }, /no prompt can be mastered: with 8 trajectories, .* begins at 0\.675/],
    [{ masteredMin: 0 }, />0/],
    [{ selfDistillMin: 1.5 }, /<=1/],
    [{ selfDistill: { minTokens: 9, maxTokens: 8 } }, /no trajectory would be kept/],
  ])('are refused as %j', (fields, message) => {
    expect(() => DiagnosisConfig.parse(fields)).toThrow(message);
  });
  it('are what the paper has where the config says nothing', () => {
    expect(DiagnosisConfig.parse({})).toMatchObject(PAPER_RULE);
    expect(PAPER_RULE).toEqual({ decideBy: 'pass-rate', selfDistillMin: 0, masteredMin: 1 });
  });
});

describe('a route', () => {
  const stored = '{"promptId":"p","passRate":0,"groupSize":2,"correctTrajectoryIndices":[],"kind":"expert"}';
  it('has the bytes that it always had', () => {
    expect(JSON.stringify(routeOf(0, 2))).toBe(stored);
    expect(Route.parse(JSON.parse(stored))).toEqual(routeOf(0, 2));
  });
  it.each([
    ['a pass rate that its trajectories do not have', { kind: 'mastered', passRate: 1, correctTrajectoryIndices: [1] }],
    ['mastered without a success', { kind: 'mastered', passRate: 0, correctTrajectoryIndices: [] }],
    ['self-distillation of nothing', { kind: 'self-distill', passRate: 0, correctTrajectoryIndices: [] }],
  ])('is not %s', (_, fields) => {
    expect(Route.safeParse({ promptId: 'p', groupSize: 2, ...fields }).success).toBe(false);
  });
});
