import type { ConfigPart } from './config/config-part.ts';
import { policyPrefix, sftCheckpointPrefix } from './keys.ts';
import type { DiagnosedPolicy } from './stage-inputs.ts';

/** A policy that a run measures. */
export interface EvaluatedPolicy {
  name: string;
  /** As reports write it. */
  label: string;
  /** Folder of its checkpoint. */
  prefixOf(run: Pick<DiagnosedPolicy, 'runId' | 'policyVersion'>, config: ConfigPart<'policy.model'>): string;
}

/** The policies of a run in the order of their training, which the evaluation array job's index counts in. */
export const EVALUATED_POLICIES: readonly EvaluatedPolicy[] = [
  { name: 'base', label: 'base', prefixOf: (_, { policy }) => policy.model },
  {
    name: 'rl',
    label: 'RL',
    prefixOf: ({ runId, policyVersion }, { policy }) => policyPrefix(runId, policyVersion, policy.model),
  },
  { name: 'rise', label: 'RISE', prefixOf: ({ runId }) => sftCheckpointPrefix(runId) },
];
