import { createRandom } from '../../src/base/random.ts';
import { bootstrapMean, type MeanEstimate, meanOf } from '../../src/base/statistics/bootstrap.ts';
import type { EvaluationRecord } from '../../src/schema/evaluation.ts';

/** A variant of the recipe: what its policy answered on the held-out prompts, by seed of the run, and what it learned from. */
export interface VariantResult {
  name: string;
  /** Optimizer steps after the RL that all have in common. */
  updates: number;
  /** SFT examples of each seed's run. */
  examples: readonly number[];
  /** Of each seed's run, the same prompts. */
  answers: readonly (readonly Pick<EvaluationRecord, 'promptId' | 'tier' | 'isCorrect'>[])[];
}

/** The comparison as Markdown: accuracies by seed, differences to the last variant, and accuracies by tier. */
export function renderComparison(variants: readonly VariantResult[], seeds: readonly number[]): string {
  const whole = variants[variants.length - 1];
  const others = variants.slice(0, -1);
  const tiers = [...new Set(whole.answers[0].map(({ tier }) => tier ?? 'none'))].sort();
  return [
    renderTable(
      ['policy', 'further updates', 'SFT examples', ...seeds.map((seed) => `seed ${seed}`), 'mean', '95% interval'],
      variants.map((variant) => {
        const bySeed = variant.answers.map((answers) =>
          percent(meanOf(answers.map(({ isCorrect }) => Number(isCorrect)))),
        );
        const examples = variant.examples.some((count) => count > 0) ? variant.examples.join(', ') : '';
        const { mean, ...interval } = estimate([...shareByPrompt(variant).values()]);
        return [variant.name, String(variant.updates), examples, ...bySeed, percent(mean), percentInterval(interval)];
      }),
    ),
    renderTable(
      ['difference', 'points', '95% interval'],
      others.map((variant) => {
        const other = shareByPrompt(variant);
        const { mean, ...interval } = estimate([...shareByPrompt(whole)].map(([id, share]) => share - other.get(id)!));
        return [
          `${whole.name} over ${variant.name}`,
          points(mean),
          `${points(interval.low)} to ${points(interval.high)}`,
        ];
      }),
    ),
    renderTable(
      ['policy', ...tiers],
      variants.map((variant) => [
        variant.name,
        ...tiers.map((wanted) => {
          const own = variant.answers.flat().filter(({ tier = 'none' }) => tier === wanted);
          return percent(meanOf(own.map(({ isCorrect }) => Number(isCorrect))));
        }),
      ]),
    ),
  ].join('\n');
}

/** The share of seeds whose policy was right, by prompt. */
function shareByPrompt({ answers }: VariantResult): Map<string, number> {
  const byPrompt = Map.groupBy(answers.flat(), ({ promptId }) => promptId);
  return new Map([...byPrompt].map(([id, own]) => [id, meanOf(own.map(({ isCorrect }) => Number(isCorrect)))]));
}

/** By bootstrap over prompts: it says how sure the mean of these runs is, and not how runs of other seeds differ. */
const estimate = (values: readonly number[]): MeanEstimate => bootstrapMean(values, createRandom(1));

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `${line(header)}${line(header.map(() => '---'))}${rows.map(line).join('')}`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const points = (difference: number) => `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)}`;
const percentInterval = ({ low, high }: Pick<MeanEstimate, 'low' | 'high'>) => `${percent(low)} to ${percent(high)}`;
