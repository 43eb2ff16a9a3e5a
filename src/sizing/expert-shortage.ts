import type { ExpertPolicy } from '../schema/config/expert-policy.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { findShortage, type Machine } from './machine.ts';
import { gigabytes } from './plan-memory.ts';
import type { PlannedModel } from './planned-model.ts';
import { type RunFacts, worksOf } from './works.ts';

/** A line for the first machine on which the job that samples a run's expert does not fit: what it needs, what there is. */
export function describeExpertShortage(
  model: PlannedModel,
  expert: ExpertPolicy,
  config: RunConfig,
  facts: RunFacts,
  machines: readonly Machine[],
): string[] {
  const work = {
    ...worksOf(config, facts).rollout,
    storedBytes: model.storedBytes,
    completionTokens: (expert.sampling ?? config.sampling).maxNewTokens,
    groupSize: expert.answers,
  };
  for (const machine of machines) {
    const short = findShortage(model.shape, work, machine);
    if (!short) continue;
    return [
      `expert needs ${gigabytes(short.needed)} of ${short.memory} memory, ${machine.name} has ` +
        `${gigabytes(short.available)}; take a smaller model, or lower compute.decodeBatchSequences`,
    ];
  }
  return [];
}
