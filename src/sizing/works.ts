import { slotsOf, statedPrecision } from '../schema/config/compute.ts';
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
  const { policy, rl, sft, sampling } = config;
  const { adapter } = policy;
  const held = heldBy(config, facts);
  const trained = { ...held, kind: 'training' as const, adapter, isVisionFrozen: policy.freezeVisionTower };
  return {
    ...samplingWorksOf(config, facts, slotsOf(config.compute)),
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

/** Of a run that decodes so many sequences together. */
export function samplingWorksOf(
  config: RunConfig,
  facts: ModelFacts,
  sequences: number,
): Pick<Works, 'rollout' | 'evaluation'> {
  const { rl, sampling, evaluation, diagnosis } = config;
  const decoded = { ...heldBy(config, facts), kind: 'rollout' as const, sequences };
  return {
    rollout: {
      ...decoded,
      completionTokens: sampling.maxNewTokens,
      groupSize: Math.min(rl.groupSize, diagnosis.trajectoriesPerPrompt),
    },
    evaluation: { ...decoded, completionTokens: evaluation.sampling.maxNewTokens, groupSize: 1 },
  };
}

type ModelFacts = Pick<RunFacts, 'storedBytes' | 'prompt'>;

function heldBy({ compute, policy, rl }: RunConfig, { storedBytes, prompt }: ModelFacts) {
  return {
    // `auto` counts as bf16, of which a bf16 checkpoint holds less: what is refused could not run in either.
    precision: statedPrecision(compute) ?? ('bf16' as const),
    // Whole checkpoints of a run are in float32.
    storedBytes: policy.adapter || rl.iterations === 0 ? storedBytes : (4 as const),
    prompt,
  };
}
