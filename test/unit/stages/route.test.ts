import fc from 'fast-check';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { ExpertRoute, Route, SelfDistillRoute } from '../../../src/schema/route.ts';
import { assertWholeGroup } from '../../../src/stages/assert-whole-group.ts';
import { selectExpert, selectSelfDistilled } from '../../../src/stages/publish/select-examples.ts';
import { routeGroup } from '../../../src/stages/route/route-group.ts';
import { aResponse, aTrajectory } from '../../support/factories.ts';

const aGroup = (correct: boolean[]) => correct.map((isCorrect, trajectoryIndex) => ({ trajectoryIndex, isCorrect }));

describe('a group', () => {
  it.each([
    [[true, true, true], 'mastered', 1],
    [[true, false, true, false], 'self-distill', 0.5],
    [[false, false], 'expert', 0],
  ])('with verdicts %j is %s', (verdicts, kind, passRate) => {
    const correctTrajectoryIndices = verdicts.flatMap((isCorrect, index) => (isCorrect ? [index] : []));
    const groupSize = verdicts.length;
    expect(routeGroup('p', aGroup(verdicts))).toEqual({
      promptId: 'p',
      kind,
      passRate,
      groupSize,
      correctTrajectoryIndices,
    });
  });
});

describe('a route', () => {
  const stored = '{"promptId":"p","passRate":0,"groupSize":2,"correctTrajectoryIndices":[],"kind":"expert"}';
  it('has the bytes that it always had', () => {
    expect(JSON.stringify(routeGroup('p', aGroup([false, false])))).toBe(stored);
    expect(Route.parse(JSON.parse(stored))).toEqual(routeGroup('p', aGroup([false, false])));
  });
  it.each([
    ['an expert route with a success', { kind: 'expert', passRate: 0.5, correctTrajectoryIndices: [1] }],
    ['a mastered route that failed', { kind: 'mastered', passRate: 0.5, correctTrajectoryIndices: [1] }],
    ['self-distillation of nothing', { kind: 'self-distill', passRate: 0, correctTrajectoryIndices: [] }],
  ])('is not %s', (_, fields) => {
    expect(Route.safeParse({ promptId: 'p', groupSize: 2, ...fields }).success).toBe(false);
  });
});

describe('group integrity', () => {
  const members = (...indices: number[]) => indices.map((trajectoryIndex) => ({ promptId: 'p', trajectoryIndex }));
  const check = (trajectories: { promptId: string; trajectoryIndex: number }[]) => () =>
    assertWholeGroup('p', trajectories, 3, 'records.jsonl');

  it('takes whole groups in any order', () => expect(check(members(2, 0, 1))).not.toThrow());
  it.each([
    ['a missing member', members(0, 1)],
    ['a double member', members(0, 1, 1)],
    ['one too many', members(0, 1, 2, 3)],
    ['no members', []],
  ])('refuses %s', (_, trajectories) => expect(check(trajectories)).toThrow(CorruptRecordError));
});

describe('self-distillation', () => {
  const route = SelfDistillRoute.parse(routeGroup('chart/1', aGroup([true, false, true, true, true])));
  const selection = (maxKept: number) => ({ runId: 'run', seed: 7, maxKept });
  const group = [
    aTrajectory({ trajectoryIndex: 0, text: aResponse('7', 'one') }),
    aTrajectory({ trajectoryIndex: 1, text: aResponse('8', 'wrong') }),
    aTrajectory({ trajectoryIndex: 2, text: aResponse('7', 'one') }),
    aTrajectory({ trajectoryIndex: 3, text: aResponse('7', 'two') }),
    aTrajectory({ trajectoryIndex: 4, text: '7' }),
  ].map((trajectory) => ({ ...trajectory, promptId: 'chart/1' }));
  const scores = group.map(({ promptId, trajectoryIndex }) => {
    return { promptId, trajectoryIndex, reward: 1, isCorrect: trajectoryIndex !== 1, rewardBreakdown: {} };
  });
  const keep = (trajectories: typeof group, maxKept: number) =>
    selectSelfDistilled(selection(maxKept), route, trajectories, scores)
      .map((example) => example.response)
      .sort();

  it('keeps each correct and well-formed text once', () => {
    expect(keep(group, 9)).toEqual([aResponse('7', 'one'), aResponse('7', 'two')]);
  });
  it('keeps at most as many as asked', () => expect(keep(group, 1)).toHaveLength(1));
  it('falls back to what is merely correct', () => expect(keep([group[1], group[4]], 9)).toEqual(['7']));
  it('names examples so that tar readers group their files', () => {
    const [example] = selectSelfDistilled(selection(1), route, group, scores);
    expect(example.exampleId).toMatch(/^chart_2f_1-self-\d$/);
    expect(example.provenance).toMatchObject({ runId: 'run', route, graderVersion: 'accuracy@4' });
  });
  it('gives different prompts different names, none of which begins with two underscores', () => {
    const nameOf = (promptId: string) =>
      selectSelfDistilled(selection(1), { ...route, promptId }, [{ ...group[0], promptId }], scores)[0].exampleId;
    const id = fc.string({ unit: fc.constantFrom('_', '2', 'f', 'a', '/', '.', '-', 'é'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(id, id, (one, other) => {
        expect(nameOf(one)).toMatch(/^(?!__)[\w-]+-self-0$/);
        expect(nameOf(one) === nameOf(other)).toBe(one === other);
      }),
      { numRuns: 3000 },
    );
    expect(['a/b', 'a_2f_b', '__train_1', '_/2', 'a_b'].map(nameOf)).toEqual(
      ['a_2f_b', 'a_5f_2f_b', '_5f__train_1', '_5f__2f_2', 'a_b'].map((name) => `${name}-self-0`),
    );
  });
  it('refuses a trajectory without a score', () => {
    expect(() => selectSelfDistilled(selection(9), route, group, [])).toThrow(/of chart\/1 has no score/);
  });
});

describe('an expert answer', () => {
  const route = ExpertRoute.parse(routeGroup('p', aGroup([false])));
  const run = { runId: 'run' };
  const answer = {
    promptId: 'p',
    provider: 'worked-solution',
    response: aResponse('7'),
    isVerified: true,
    evidence: '',
  };
  it('becomes an example once verified', () => {
    expect(selectExpert(run, route, answer)).toMatchObject([{ source: 'expert', response: aResponse('7') }]);
    expect(selectExpert(run, route, { ...answer, isVerified: false })).toEqual([]);
    expect(selectExpert(run, route, undefined)).toEqual([]);
  });
});
