import { comparePolicies } from '../../../src/benchmarks/compare-policies.ts';
import { loadBenchmarks } from '../../../src/benchmarks/index.ts';
import type { BenchmarkContent } from '../../../src/report/benchmark-tables.ts';
import { renderMarkdown, renderText } from '../../../src/report/render-report.ts';
import { EVALUATED_POLICIES } from '../../../src/schema/evaluated-policies.ts';
import { aPrompt, aRunConfig } from '../../support/factories.ts';

const [heldOut] = loadBenchmarks(aRunConfig());

const prompts = ['a', 'b', 'c', 'd'].map((promptId, index) =>
  aPrompt({ promptId, tier: index < 2 ? 'read' : undefined }),
);

/** Four prompts, of which each policy solves one more than the one before it. */
function aBenchmark(name: string, title: string, completionsPerPrompt = 1): BenchmarkContent {
  const answers = EVALUATED_POLICIES.map((policy, solved) => ({
    policy,
    records: prompts.flatMap(({ promptId }, index) =>
      Array.from({ length: completionsPerPrompt }, (_, sampleIndex) => {
        const isCorrect = index < solved && sampleIndex < 2;
        return { promptId, sampleIndex, isCorrect, isFormatted: true, text: '', tokenCount: 10 + solved };
      }),
    ),
  }));
  return { name, title, result: comparePolicies(heldOut, prompts, answers) };
}

const aReport = (...benchmarks: BenchmarkContent[]) => ({
  runId: 'run-1',
  benchmarks,
  routes: { mastered: 5, selfDistill: 3, expert: 2 },
  sftExamples: { selfDistill: 6, expert: 1 },
  rewards: [
    { rollout: 'iteration-000000', reward: 0.5, means: { accuracy: 0.5, brevity: 0.1 } },
    { rollout: 'iteration-000010', reward: 0.625, means: { accuracy: 0.6, brevity: 0.25 } },
    { rollout: 'diagnosis', reward: 0.7, means: { accuracy: 0.7, brevity: 0.3 } },
  ],
});

describe('a report', () => {
  it('says of a benchmark what each policy achieved, and where', () => {
    expect(renderText(aReport(aBenchmark('held-out', 'held-out prompts')))).toBe(`Run run-1

Accuracy on held-out prompts
  policy  accuracy    95% interval  formatted  tokens  prompts
  base        0.0%   0.0% to 49.0%     100.0%    10.0        4
  RL         25.0%   4.6% to 69.9%     100.0%    11.0        4
  RISE       50.0%  15.0% to 85.0%     100.0%    12.0        4

Paired comparison
                  difference   95% interval               p  by Holm
  RL over base  +25.0 points  +0.0 to +75.0  McNemar 1.0000   1.0000  within noise
  RISE over RL  +25.0 points  +0.0 to +75.0  McNemar 1.0000   1.0000  within noise

Accuracy by tier
  tier  base     RL    RISE  prompts
  none  0.0%   0.0%    0.0%        2
  read  0.0%  50.0%  100.0%        2

Diagnosis of the RL policy
  route         prompts  SFT examples
  mastered            5             0
  self-distill        3             6
  expert              2             1

Mean rewards
  rollout       reward  accuracy  brevity
  iteration 0    0.500     0.500    0.100
  iteration 10   0.625     0.600    0.250
  diagnosis      0.700     0.700    0.300
`);
  });

  it('of several answers a prompt says what they tell, and the figures that the benchmark has of its own', () => {
    const several = aBenchmark('held-out', 'held-out prompts', 4);
    for (const score of Object.values(several.result.policies)) score.measures = { 'worst case': 0.25 };
    const text = renderText(aReport(several));
    expect(text).toContain(`
Several answers a prompt
  policy  pass at 1  pass at 2  pass at 4  majority  all right
  base         0.0%       0.0%       0.0%      0.0%       0.0%
  RL          12.5%      20.8%      25.0%     25.0%       0.0%
  RISE        25.0%      41.7%      50.0%     50.0%       0.0%

Figures of its own
  figure       base     RL   RISE
  worst case  0.250  0.250  0.250
`);
    expect(text).toContain('sign flips');
  });

  it('of several benchmarks names each above its tables', () => {
    const text = renderMarkdown(aReport(aBenchmark('held-out', 'held-out prompts'), aBenchmark('mine', 'my prompts')));
    expect(text.match(/^## .*/gm)).toEqual([
      '## Accuracy on held-out prompts',
      '## Paired comparison on held-out prompts',
      '## Accuracy by tier on held-out prompts',
      '## Accuracy on my prompts',
      '## Paired comparison on my prompts',
      '## Accuracy by tier on my prompts',
      '## Diagnosis of the RL policy',
      '## Mean rewards',
    ]);
  });

  it('counts prompts without an example by reason, where there are any', () => {
    const content = aReport(aBenchmark('held-out', 'held-out prompts'));
    const withoutExample = { notAsked: 0, unanswered: 2, wrong: 1, unformatted: 0 };
    expect(renderText({ ...content, withoutExample })).toMatch(
      /reason .*\n.*had no answer +2\n.*is not right +1\n\nMean/,
    );
    const none = { notAsked: 0, unanswered: 0, wrong: 0, unformatted: 0 };
    expect(renderText({ ...content, withoutExample: none })).not.toContain('without an SFT example');
  });
});
