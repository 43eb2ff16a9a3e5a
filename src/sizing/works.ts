import { statedPrecision } from '../schema/config/compute.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { PromptSize, RolloutWork, TrainingWork } from './work.ts';

/** The jobs of a run that compute, by what they hold at once. */
export interface Works {
  rollout: RolloutWork;
  evaluation: RolloutWork;
  rl: TrainingWork;
  sft: TrainingWork;
}
export type WorkName = keyof Works;
export const WORK_NAMES = ['rollout', 'evaluation', 'rl', 'sft'] as const satisfies readonly WorkName[];

/** What of a run its config alone does not say. */
export interface RunFacts {
  /** Bytes of a weight in the base model's files. */
  storedBytes: 2 | 4;
  prompt: PromptSize;
  /** Numbers that the optimizer of a section keeps of each weight. */
  stateNumbers: Record<'rl' | 'sft', number>;
  /** Whether RL holds a frozen copy of the base policy. */
  hasReference: boolean;
}

/** What the jobs of a run have in hand at once, at the most. */
export function worksOf(config: RunConfig, facts: RunFacts): Works {
  const { policy, rl, sft, sampling, evaluation, diagnosis } = config;
  const { adapter } = policy;
  const held = {
    // `auto` counts as bf16, of which a bf16 checkpoint holds less: what is refused could not run in either.
    precision: statedPrecision(config.compute) ?? ('bf16' as const),
    // Whole checkpoints of a run are in float32.
    storedBytes: adapter || rl.iterations === 0 ? facts.storedBytes : (4 as const),
    prompt: facts.prompt,
  };
  const decoded = { ...held, kind: 'rollout' as const, sequences: config.compute.decodeBatchSequences };
  const trained = { ...held, kind: 'training' as const, adapter, isVisionFrozen: policy.freezeVisionTower };
  return {
    rollout: {
      ...decoded,
      completionTokens: sampling.maxNewTokens,
      groupSize: Math.min(rl.groupSize, diagnosis.trajectoriesPerPrompt),
    },
    evaluation: { ...decoded, completionTokens: evaluation.sampling.maxNewTokens, groupSize: 1 },
    rl: {
      ...trained,
      sequences: rl.microBatchSequences,
      completionTokens: sampling.maxNewTokens,
      stateNumbers: facts.stateNumbers.rl,
      hasReference: facts.hasReference,
    },
    sft: {
      ...trained,
      sequences: sft.microBatchSequences,
      completionTokens: sampling.maxNewTokens,
      stateNumbers: facts.stateNumbers.sft,
      hasReference: false,
    },
  };
}
