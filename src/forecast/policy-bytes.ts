import type { RunConfig } from '../schema/config/run-config.ts';
import { trainedMemory } from '../sizing/memory/weights.ts';
import { countParameters, type ModelShape, sum } from '../sizing/model-shape.ts';
import type { Works } from '../sizing/works.ts';

/** Sizes in bytes of what training jobs read and write. */
export interface PolicyBytes {
  /** Of the base model, as its files hold it. */
  modelBytes: number;
  /** Of what a training job leaves of its policy: float32 weights of the whole model, or its adapter. */
  checkpointBytes: number;
  /** Of the optimizer's state, float32. */
  momentBytes: { rl: number; sft: number };
}

const FLOAT32 = 4;

/** What the policies of a run take, by the shape of its model. */
export function policyBytes(shape: ModelShape, works: Works, storedBytes: number): PolicyBytes {
  const parameters = sum(Object.values(countParameters(shape)));
  const { masters, moments } = trainedMemory(shape, works.rl);
  return {
    modelBytes: storedBytes * parameters,
    checkpointBytes: works.rl.adapter ? masters : FLOAT32 * parameters,
    momentBytes: { rl: moments, sft: trainedMemory(shape, works.sft).moments },
  };
}

/** An adapter of rank 32 on every linear layer of a decoder has about a hundredth of its model's numbers. */
const ADAPTER_SHARE = 0.01;
/** AdamW's. */
const STATE_NUMBERS = 2;

/** What the policies of a run take where nothing is known of its model but its size in bf16. */
export function guessPolicyBytes({ policy }: Pick<RunConfig, 'policy'>, modelBytes: number): PolicyBytes {
  const checkpointBytes = (FLOAT32 / 2) * modelBytes * (policy.adapter ? ADAPTER_SHARE : 1);
  const moments = STATE_NUMBERS * checkpointBytes;
  return { modelBytes, checkpointBytes, momentBytes: { rl: moments, sft: moments } };
}
