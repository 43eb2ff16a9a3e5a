import fc from 'fast-check';
import { routeGroup } from '../../../src/routing/route-group.ts';
import { selectExpert, selectSelfDistilled } from '../../../src/routing/select-examples.ts';
import { SelfDistillConfig } from '../../../src/schema/config/diagnosis.ts';
import { ExpertRoute, SelfDistillRoute } from '../../../src/schema/route.ts';
import { aResponse, aTrajectory } from '../../support/factories.ts';

const aGroup = (correct: boolean[]) => correct.map((isCorrect, trajectoryIndex) => ({ trajectoryIndex, isCorrect }));

describe('self-distillation', () => {
  const route = SelfDistillRoute.parse(routeGroup('chart/1', aGroup([true, false, true, true, true])));
  const selection = (maxKept: number) => ({ runId: 'run', seed: 7, maxKept, rules: SelfDistillConfig.parse({}) });
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
      .examples.map((example) => example.response)
      .sort();

  it('keeps each correct and well-formed text once', () => {
    expect(keep(group, 9)).toEqual([aResponse('7', 'one'), aResponse('7', 'two')]);
  });
  it('keeps at most as many as asked', () => expect(keep(group, 1)).toHaveLength(1));
  it('falls back to what is merely correct', () => expect(keep([group[1], group[4]], 9)).toEqual(['7']));
  it('names examples so that tar readers group their files', () => {
    const [example] = selectSelfDistilled(selection(1), route, group, scores).examples;
    expect(example.exampleId).toMatch(/^chart_2f_1-self-\d$/);
    expect(example.provenance).toMatchObject({ runId: 'run', route, graderVersion: 'accuracy@5' });
  });
  it('gives different prompts different names, none of which begins with two underscores', () => {
    const nameOf = (promptId: string) =>
      selectSelfDistilled(selection(1), { ...route, promptId }, [{ ...group[0], promptId }], scores).examples[0]
        .exampleId;
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
