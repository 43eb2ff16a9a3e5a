import type { ConfigPart } from './config/config-part.ts';
import { policyPrefix, sftCheckpointPrefix } from './keys.ts';

/** A policy that a run measures. */
export interface EvaluatedPolicy {
  name: string;
  /** As reports write it. */
  label: string;
  /** Folder of its checkpoint. */
  prefixOf(runId: string, config: ConfigPart<'policy.model' | 'rl.iterations'>): string;
}

/** The policies of a run in the order of their training, which the evaluation array job's index counts in. */
export const EVALUATED_POLICIES: readonly EvaluatedPolicy[] = [
  { name: 'base', label: 'base', prefixOf: (_, { policy }) => policy.model },
  { name: 'rl', label: 'RL', prefixOf: (runId, { rl, policy }) => policyPrefix(runId, rl.iterations, policy.model) },
  { name: 'rise', label: 'RISE', prefixOf: (runId) => sftCheckpointPrefix(runId) },
];
