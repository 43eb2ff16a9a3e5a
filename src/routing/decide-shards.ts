import type { RunConfig } from '../schema/config/run-config.ts';
import type { Decision } from '../schema/decision.ts';
import { buildDecisions } from './build-decision.ts';
import type { StoredDiagnosis } from './read-diagnosis.ts';
import { routePrompts } from './route-group.ts';
import { type Selected, type Selection, selectByPrompt } from './select-examples.ts';

/** What was decided of a shard: what SFT learns, and the lines of the log that say why. */
export interface DecidedShard {
  shard: number;
  selected: readonly Selected[];
  decisions: readonly Decision[];
}

/** Decides shard after shard, in their order: a bound on consultations counts over all of them. */
export async function* decideShards(
  runId: string,
  config: RunConfig,
  shards: AsyncIterable<StoredDiagnosis>,
): AsyncGenerator<DecidedShard> {
  const { maxConsultations } = config.expert;
  let asked = 0;
  for await (const { shard, policy, ...diagnosis } of shards) {
    const selected = selectByPrompt(selectionOf(runId, config), diagnosis);
    const decisions = buildDecisions({ policy, rule: config.diagnosis, maxConsultations }, selected, asked);
    asked += decisions.filter(({ branch }) => branch === 'expert').length;
    yield { shard, selected, decisions };
  }
}

/** Shards of a diagnosis whose prompts are routed anew, by a config's thresholds. */
export async function* rerouteShards(
  { diagnosis }: Pick<RunConfig, 'diagnosis'>,
  shards: AsyncIterable<StoredDiagnosis>,
): AsyncGenerator<StoredDiagnosis> {
  for await (const shard of shards) {
    yield { ...shard, routes: routePrompts(shard.prompts, shard.scores, diagnosis) };
  }
}

/** How a run chooses SFT's examples. */
export function selectionOf(runId: string, { seed, diagnosis }: Pick<RunConfig, 'seed' | 'diagnosis'>): Selection {
  return { runId, seed, maxKept: diagnosis.maxKeptPerPrompt, rules: diagnosis.selfDistill };
}
