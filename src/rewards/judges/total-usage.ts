import type { JudgeTotals, TrajectoryScore } from '../../schema/trajectory.ts';

/** Adds up the judgements behind scores, kept ones at what they took when they were made; undefined without any. */
export function totalUsage(scores: readonly Pick<TrajectoryScore, 'rewardBreakdown'>[]): JudgeTotals | undefined {
  const parts = scores.flatMap(({ rewardBreakdown }) => Object.values(rewardBreakdown));
  const usages = new Map(parts.flatMap(({ usage }) => (usage ? [[usage.id, usage]] : [])));
  if (usages.size === 0) return undefined;
  const totals = { judgements: usages.size, judgeInputTokens: 0, judgeOutputTokens: 0, judgeDollars: 0 };
  for (const { inputTokens, outputTokens, dollars = 0 } of usages.values()) {
    totals.judgeInputTokens += inputTokens;
    totals.judgeOutputTokens += outputTokens;
    totals.judgeDollars += dollars;
  }
  return totals;
}
