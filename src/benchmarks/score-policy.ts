import { meanOf } from '../base/statistics/bootstrap.ts';
import type { AccuracyEstimate, EvaluationRecord, PolicyScore } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Examination, ShareTable } from './benchmark.ts';
import { estimateAccuracy } from './estimate-accuracy.ts';
import { describeSeveral } from './several-answers.ts';

/** A prompt with one policy's records of it. */
interface Examined {
  prompt: Prompt;
  gradings: readonly EvaluationRecord[];
}

/** What a benchmark says of verdicts. */
export type Scoring = Pick<Examination, 'counts' | 'categoriesOf' | 'measure' | 'tabulate'>;

/** What one policy's records come to on the prompts that it answered. */
export function scorePolicy(
  { counts = () => true, categoriesOf, measure, tabulate }: Scoring,
  prompts: readonly Prompt[],
  records: readonly EvaluationRecord[],
): PolicyScore {
  const examined = examinePrompts(prompts, records);
  const counted = examined.filter(({ prompt }) => counts(prompt));
  const several = describeSeveral(counted.map(({ gradings }) => gradings));
  const shares = tabulate?.(examined).map(({ name, rows }) => [name, estimateRows(rows)]);
  return {
    ...estimateAccuracy(counted.map(shareRight)),
    formatted: meanOf(records.map((record) => (record.isFormatted ? 1 : 0))),
    meanTokens: meanOf(records.map(({ tokenCount }) => tokenCount)),
    ...(several && { several }),
    categories: breakDown(counted, categoriesOf),
    measures: measure?.(examined) ?? {},
    ...(shares && { shares: Object.fromEntries(shares) }),
  };
}

/** The prompts that were answered, with the records of their answers. */
export function examinePrompts(prompts: readonly Prompt[], records: readonly EvaluationRecord[]): Examined[] {
  const recordsOf = Map.groupBy(records, ({ promptId }) => promptId);
  return prompts
    .map((prompt): Examined => ({ prompt, gradings: recordsOf.get(prompt.promptId) ?? [] }))
    .filter(({ gradings }) => gradings.length > 0);
}

const estimateRows = (rows: ShareTable['rows']) =>
  Object.fromEntries(Object.entries(rows).map(([row, shares]) => [row, estimateAccuracy([...shares.values()])]));

/** Share of a prompt's answers that is right. */
export const shareRight = ({ gradings }: { gradings: readonly Pick<EvaluationRecord, 'isCorrect'>[] }) =>
  meanOf(gradings.map(({ isCorrect }) => (isCorrect ? 1 : 0)));

/** Accuracy by category of every table, categories in the order of their names. */
function breakDown(
  examined: readonly Examined[],
  categoriesOf: Examination['categoriesOf'],
): Record<string, Record<string, AccuracyEstimate>> {
  const tables = new Map<string, Map<string, number[]>>();
  for (const each of examined) {
    for (const [table, categories] of Object.entries(categoriesOf(each.prompt))) {
      const shares = tables.get(table) ?? new Map<string, number[]>();
      tables.set(table, shares);
      for (const category of categories) {
        const own = shares.get(category) ?? [];
        shares.set(category, own);
        own.push(shareRight(each));
      }
    }
  }
  const estimates = [...tables].map(([table, shares]) => {
    const ascending = [...shares].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
    return [table, Object.fromEntries(ascending.map(([category, own]) => [category, estimateAccuracy(own)]))];
  });
  return Object.fromEntries(estimates);
}
