import type { ExpertCost } from '../../schema/expert-answer.ts';
import type { ShardConsultation } from '../read-consultations.ts';

/** What experts took over a run; undefined where none was asked. */
export function sumExpertCost(consultations: readonly ShardConsultation[]): ExpertCost | undefined {
  const total = (field: keyof ExpertCost) => consultations.reduce((sum, shard) => sum + (shard[field] ?? 0), 0);
  if (total('expertReplies') === 0) return undefined;
  return {
    consulted: total('consulted'),
    verified: total('verified'),
    expertReplies: total('expertReplies'),
    expertInputTokens: total('expertInputTokens'),
    expertOutputTokens: total('expertOutputTokens'),
    expertDollars: total('expertDollars'),
    expertWaitSeconds: total('expertWaitSeconds'),
  };
}
