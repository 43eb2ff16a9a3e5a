import type { PromptExample } from '../../../src/formats/format.ts';
import type { SftConfig } from '../../../src/schema/config/sft.ts';
import { arrangeExamples } from '../../../src/stages/publish/arrange-examples.ts';
import { aPrompt } from '../../support/factories.ts';

/** An example, named by its source and pass rate. */
function anExample(source: 'self-distill' | 'expert', passRate: number, index: number): PromptExample {
  const exampleId = `${source}-${passRate}-${index}`;
  const provenance = { route: { passRate } };
  return { prompt: aPrompt(), example: { exampleId, promptId: exampleId, source, response: '', provenance } as never };
}

const EXAMPLES = [
  ...Array.from({ length: 12 }, (_, index) => anExample('self-distill', [0.25, 0.5, 0.75][index % 3], index)),
  ...Array.from({ length: 4 }, (_, index) => anExample('expert', 0, index)),
];
const arrange = (sft: Partial<SftConfig>, examples = EXAMPLES, seed = 1) =>
  arrangeExamples(examples, { seed, sft: { order: 'shuffled', ...sft } });
const idsOf = (examples: readonly PromptExample[]) => examples.map(({ example }) => example.exampleId);
const countsOf = (examples: readonly PromptExample[]) =>
  (['self-distill', 'expert'] as const).map(
    (source) => examples.filter(({ example }) => example.source === source).length,
  );

describe('the examples of SFT', () => {
  it('are all there, shuffled by the seed, where the config says no more', () => {
    const { examples, leftOut } = arrange({});
    expect(idsOf(examples).toSorted()).toEqual(idsOf(EXAMPLES).toSorted());
    expect(leftOut).toEqual([]);
    expect(idsOf(arrange({}).examples)).toEqual(idsOf(examples));
    expect(idsOf(arrange({}, EXAMPLES, 2).examples)).not.toEqual(idsOf(examples));
  });

  it.each<[string, SftConfig['shares'], [selfDistill: number, expert: number]]>([
    ['as many of each', { 'self-distill': 1, expert: 1 }, [4, 4]],
    ['two to one', { 'self-distill': 2, expert: 1 }, [8, 4]],
    ['of what there is, the scarcer source whole', { 'self-distill': 9, expert: 1 }, [12, 1]],
    ['one source alone', { 'self-distill': 0, expert: 1 }, [0, 4]],
  ])('come in shares: %s', (_, shares, counts) => {
    const { examples, leftOut } = arrange({ shares });
    expect(countsOf(examples)).toEqual(counts);
    expect([...idsOf(examples), ...idsOf(leftOut)].toSorted()).toEqual(idsOf(EXAMPLES).toSorted());
    expect(idsOf(arrange({ shares }).leftOut)).toEqual(idsOf(leftOut));
  });

  it('are not fewer for a source that has none', () => {
    const own = EXAMPLES.filter(({ example }) => example.source === 'self-distill');
    expect(arrange({ shares: { 'self-distill': 1, expert: 1 } }, own).examples).toHaveLength(12);
    expect(arrange({ shares: { 'self-distill': 1, expert: 1 } }, []).examples).toEqual([]);
  });

  it('come from easy to hard, and those as hard as each other shuffled', () => {
    const ids = idsOf(arrange({ order: 'curriculum' }).examples);
    const rates = ids.map((id) => Number(id.split('-').at(-2)));
    expect(rates).toEqual(rates.toSorted((left, right) => right - left));
    expect(ids.slice(0, 4)).not.toEqual(idsOf(EXAMPLES).filter((id) => id.includes('0.75')));
  });

  it.each(['self-distill', 'expert'] as const)('come by source, %s first', (source) => {
    const sources = arrange({ order: `${source}-first` }).examples.map(({ example }) => example.source);
    expect(sources.indexOf(source)).toBe(0);
    expect(sources.lastIndexOf(source)).toBe(sources.filter((each) => each === source).length - 1);
  });
});
