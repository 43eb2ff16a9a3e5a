import { estimatePassAtK, passKs } from '../base/statistics/pass-at-k.ts';
import type { AccuracyEstimate, EvaluationRecord } from '../schema/evaluation.ts';
import { estimateAccuracy } from './estimate-accuracy.ts';
import { shareRight } from './score-policy.ts';
import { countRight, describeSeveral } from './several-answers.ts';

/** A policy that was measured while RL went on. */
export interface MeasuredIteration {
  /** From 0; the policy is the one after it. */
  iteration: number;
  /** By name, as `figureNames` has them. */
  figures: Readonly<Record<string, AccuracyEstimate>>;
}

/** Every figure that a policy can be chosen by, each a mean over prompts with its 95% interval. */
export function computeFigures(records: readonly EvaluationRecord[]): Record<string, AccuracyEstimate> {
  const groups = [...Map.groupBy(records, ({ promptId }) => promptId).values()];
  const accuracy = estimateAccuracy(groups.map((gradings) => shareRight({ gradings })));
  const several = describeSeveral(groups);
  if (!several) return { accuracy };
  const passAt = passKs(several.completionsPerPrompt).map((k) => {
    const chances = groups.map((group) => estimatePassAtK(group.length, countRight(group), k));
    return [`pass at ${k}`, estimateAccuracy(chances)];
  });
  return { accuracy, majority: several.majority, 'all right': several.worst, ...Object.fromEntries(passAt) };
}

/** The policy with the highest figure, the earlier of equals; undefined of none. */
export function chooseBest(measured: readonly MeasuredIteration[], figure: string): MeasuredIteration | undefined {
  const figureOf = ({ figures }: MeasuredIteration) => figures[figure].accuracy;
  const ascending = measured.toSorted((one, other) => one.iteration - other.iteration);
  const [first, ...later] = ascending;
  return later.reduce((best, each) => (figureOf(each) > figureOf(best) ? each : best), first);
}
