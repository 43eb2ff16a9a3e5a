import { centre, isPartlyCorrect, standardize } from '../../../src/algorithms/group-advantages.ts';

describe('advantages of a group', () => {
  it.each([
    ['standardized', standardize, [1, 0.1, 0.1, 0.9], [0.96457696, -0.86304247, -0.86304247, 0.76150811]],
    ['centred', centre, [1, 0.1, 0.1, 0.9], [0.475, -0.425, -0.425, 0.375]],
    ['standardized', standardize, [0.5, 0.5], [0, 0]],
    ['standardized', standardize, [0.7], [0.7]],
  ] as const)('%s', (_, computeAdvantages, rewards, expected) => {
    computeAdvantages(rewards).forEach((advantage, i) => {
      expect(advantage).toBeCloseTo(expected[i], 5);
    });
  });

  it('are given only to groups that are partly correct', () => {
    const groups = [[true, false], [true, true], [false, false], []].map((all) => ({
      members: all.map((isCorrect) => ({ score: { isCorrect } })),
    }));
    expect(groups.map(isPartlyCorrect)).toEqual([true, false, false, false]);
  });
});
