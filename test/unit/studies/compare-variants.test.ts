import { renderComparison } from '../../../scripts/studies/compare-variants.ts';

/** Answers of two seeds to four prompts. */
const aVariant = (name: string, ...seeds: boolean[][]) => ({
  name,
  updates: 8,
  examples: [5, 6],
  answers: seeds.map((verdicts) =>
    verdicts.map((isCorrect, at) => ({ promptId: `p${at}`, tier: at < 2 ? 'read' : 'sum', isCorrect })),
  ),
});

describe('a comparison of variants', () => {
  it('has accuracies by seed and tier, and differences to the last', () => {
    const none = {
      ...aVariant('none', [true, true, false, false], [true, false, false, false]),
      examples: [],
      updates: 0,
    };
    const all = aVariant('all', [true, true, true, true], [true, true, true, true]);
    expect(renderComparison([none, all], [1, 2])).toBe(`\
| policy | further updates | SFT examples | seed 1 | seed 2 | mean | 95% interval |
| --- | --- | --- | --- | --- | --- | --- |
| none | 0 |  | 50.0% | 25.0% | 37.5% | 0.0% to 75.0% |
| all | 8 | 5, 6 | 100.0% | 100.0% | 100.0% | 100.0% to 100.0% |

| difference | points | 95% interval |
| --- | --- | --- |
| all over none | +62.5 | +25.0 to +100.0 |

| policy | read | sum |
| --- | --- | --- |
| none | 75.0% | 0.0% |
| all | 100.0% | 100.0% |
`);
  });
});
