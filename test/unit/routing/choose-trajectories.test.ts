import fc from 'fast-check';
import { createRandom } from '../../../src/base/random.ts';
import { deriveSeed } from '../../../src/base/seeds.ts';
import { isFormatted } from '../../../src/rewards/index.ts';
import { type Choice, chooseTrajectories } from '../../../src/routing/choose-trajectories.ts';
import { collectNgrams, computeJaccard } from '../../../src/routing/word-ngrams.ts';
import { SelfDistillConfig } from '../../../src/schema/config/diagnosis.ts';
import type { Trajectory } from '../../../src/schema/trajectory.ts';
import { aResponse, aTrajectory } from '../../support/factories.ts';

type Rules = Parameters<typeof SelfDistillConfig.parse>[0];

/** Correct trajectories, by index, each with a perception of 1 / (1 + index). */
const choose = (trajectories: readonly Trajectory[], rules: Rules = {}, maxKept = 9, seed = 7) =>
  chooseTrajectories(
    { seed, maxKept, rules: SelfDistillConfig.parse(rules) },
    trajectories.map((trajectory) => ({ trajectory, score: aScore(trajectory) })),
  );
const aScore = ({ promptId, trajectoryIndex }: Trajectory) => {
  const perception = { value: 1 / (1 + trajectoryIndex), weight: 1, version: 'perception@1', evidence: '' };
  return { promptId, trajectoryIndex, reward: 1, isCorrect: true, rewardBreakdown: { perception } };
};
const saying = (...thoughts: string[]) =>
  thoughts.map((thought, trajectoryIndex) => aTrajectory({ trajectoryIndex, text: aResponse('7', thought) }));
const keptOf = (choices: readonly Choice[]) =>
  choices.filter(({ outcome }) => outcome === 'kept').map(({ trajectory }) => trajectory.trajectoryIndex);
const reasonsOf = (choices: readonly Choice[]) =>
  Object.fromEntries(
    choices.flatMap((choice) =>
      choice.outcome === 'kept' ? [] : [[choice.trajectory.trajectoryIndex, `${choice.outcome}: ${choice.because}`]],
    ),
  );

describe('word n-grams', () => {
  it('are the runs of words, and all of a shorter text', () => {
    expect([...collectNgrams(' Two and  three\nis five ', 3)]).toEqual([
      'two and three',
      'and three is',
      'three is five',
    ]);
    expect([...collectNgrams('seven', 3)]).toEqual(['seven']);
  });
  it('tell how much two texts share', () => {
    const similarity = (left: string, right: string) => computeJaccard(collectNgrams(left, 2), collectNgrams(right, 2));
    // {a b, b c, c d} and {a b, b c, c e}: 2 of 4.
    expect(similarity('a b c d', 'a b c e')).toBe(0.5);
    expect(similarity('a b c', 'd e f')).toBe(0);
    expect(similarity('a b a b', 'a b a')).toBe(1);
  });
});

describe('the rules of self-distillation', () => {
  it('keep the last of equal texts, and what ended by itself in the format alone where there is any', () => {
    const group = [
      ...saying('one', 'one', 'two'),
      aTrajectory({ trajectoryIndex: 3, text: '7' }),
      aTrajectory({ trajectoryIndex: 4, text: aResponse('7', 'three'), finishReason: 'length' }),
    ];
    expect(keptOf(choose(group)).toSorted()).toEqual([1, 2]);
    expect(reasonsOf(choose(group))).toEqual({
      0: 'duplicate: the text of trajectory 1',
      3: 'unformatted: it lacks the format asked for',
      4: 'truncated: it did not end by itself',
    });
    expect(keptOf(choose(group.slice(3))).toSorted()).toEqual([3, 4]);
    expect(keptOf(choose(group.slice(3), { format: 'required' }))).toEqual([]);
    expect(keptOf(choose(group, { format: 'free' })).toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('bound tokens and rewards', () => {
    const group = saying('a', 'b', 'c', 'd').map((each, at) => ({ ...each, tokenIds: Array(2 + at).fill(1) }));
    const rules = { minTokens: 3, maxTokens: 4, minRewards: { perception: 0.4 } };
    expect(keptOf(choose(group, rules))).toEqual([1]);
    expect(reasonsOf(choose(group, rules))).toEqual({
      0: 'too-short: 2 tokens, fewer than minTokens 3',
      2: `low-reward: perception is ${1 / 3}, less than minRewards.perception 0.4`,
      3: 'too-long: 5 tokens, more than maxTokens 4',
    });
    expect(reasonsOf(choose(group.slice(0, 1), { minRewards: { brevity: 0 } }))[0]).toMatch(
      /^low-reward: brevity is not scored/,
    );
  });

  it('take out near duplicates of what was kept before', () => {
    const group = saying(
      'six times six is now thirty six',
      'six times six is then thirty six',
      'a product of thirty six',
    );
    const rules = { order: 'shortest', nearDuplicates: { words: 1, similarity: 0.6 } } as const;
    const choices = choose(group, rules);
    expect(keptOf(choices)).toEqual([2, 0]);
    expect(reasonsOf(choices)[1]).toMatch(/^near-duplicate: 0\.\d{3} similar to trajectory 0$/);
    expect(keptOf(choose(group, { order: 'shortest' }))).toEqual([2, 0, 1]);
  });

  it('keep at most M, in the order asked for', () => {
    const group = saying('the sum of one and six', 'the sum of one plus six', 'I see seven', 'the sum of one and six!');
    expect(keptOf(choose(group, { order: 'shortest' }, 2))).toEqual([2, 0]);
    expect(reasonsOf(choose(group, { order: 'shortest' }, 2))[1]).toBe(
      'beyond-max: number 3 of the shortest order; 2 are kept',
    );
    // The shortest, then what shares least with it (all share nothing: the shorter), then what shares least with either.
    expect(keptOf(choose(group, { order: 'diverse', nearDuplicates: { words: 2, similarity: 1 } }, 3))).toEqual([
      2, 0, 1,
    ]);
    expect(keptOf(choose(group, {}, 0))).toEqual([]);
  });
});

const anyGroup = fc
  .array(
    fc.record({
      text: fc.constantFrom(
        ...['a', 'b', 'a b', 'a b c', 'b c d e', 'c d e f'].map((thought) => aResponse('7', thought)),
        '7',
        'It is 7',
      ),
      finishReason: fc.constantFrom('stop' as const, 'length' as const),
      tokens: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 12 },
  )
  .map((members) =>
    members.map(({ tokens, ...fields }, trajectoryIndex) => {
      const numbers = Array(tokens).fill(1);
      return aTrajectory({ ...fields, trajectoryIndex, tokenIds: numbers, samplingLogprobs: numbers });
    }),
  );
const anyRules = fc.record({
  order: fc.constantFrom('random' as const, 'shortest' as const, 'diverse' as const),
  format: fc.constantFrom('preferred' as const, 'required' as const, 'free' as const),
  nearDuplicates: fc.option(
    fc.record({ words: fc.integer({ min: 1, max: 3 }), similarity: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
    {
      nil: undefined,
    },
  ),
});
const anyMax = fc.integer({ min: 0, max: 6 });

describe('every choice', () => {
  it('gives each trajectory one outcome, keeps at most M, and no two that are nearly the same', () => {
    fc.assert(
      fc.property(anyGroup, anyRules, anyMax, (group, rules, maxKept) => {
        const choices = choose(group, rules, maxKept);
        expect(choices.map(({ trajectory }) => trajectory.trajectoryIndex).toSorted((a, b) => a - b)).toEqual(
          group.map(({ trajectoryIndex }) => trajectoryIndex),
        );
        const kept = choices.filter(({ outcome }) => outcome === 'kept').map(({ trajectory }) => trajectory.text);
        expect(kept.length).toBeLessThanOrEqual(maxKept);
        expect(new Set(kept).size).toBe(kept.length);
        const { words, similarity } = rules.nearDuplicates ?? { words: 3, similarity: 2 };
        for (const [at, text] of kept.entries()) {
          for (const other of kept.slice(0, at)) {
            expect(computeJaccard(collectNgrams(text, words), collectNgrams(other, words))).toBeLessThan(similarity);
          }
        }
      }),
    );
  });

  it('keeps with a larger M what a smaller one keeps, first', () => {
    fc.assert(
      fc.property(anyGroup, anyRules, anyMax, (group, rules, maxKept) => {
        expect(keptOf(choose(group, rules, maxKept + 1)).slice(0, maxKept)).toEqual(
          keptOf(choose(group, rules, maxKept)),
        );
      }),
    );
  });

  it('is by default what it was before there were rules', () => {
    fc.assert(
      fc.property(anyGroup, anyMax, fc.nat(), (group, maxKept, seed) => {
        const distinct = [...new Map(group.map((trajectory) => [trajectory.text.trim(), trajectory])).values()];
        const exemplary = distinct.filter(({ text, finishReason }) => finishReason === 'stop' && isFormatted(text));
        const order = createRandom(deriveSeed(seed, 'self-distill', 'prompt-1'));
        const chosen = order.shuffle(exemplary.length > 0 ? exemplary : distinct).slice(0, maxKept);
        expect(keptOf(choose(group, {}, maxKept, seed))).toEqual(chosen.map(({ trajectoryIndex }) => trajectoryIndex));
      }),
    );
  });

  it('follows the seed in a random order, and in no other', () => {
    const group = saying('a', 'b', 'c', 'd', 'e', 'f');
    const orders = (order: 'random' | 'shortest' | 'diverse') =>
      new Set(Array.from({ length: 20 }, (_, seed) => keptOf(choose(group, { order }, 9, seed)).join()));
    expect(orders('random').size).toBeGreaterThan(10);
    expect([orders('shortest').size, orders('diverse').size]).toEqual([1, 1]);
    expect(keptOf(choose(group, {}, 9, 3))).toEqual(keptOf(choose(group, {}, 9, 3)));
  });
});
