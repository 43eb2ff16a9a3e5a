import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

const riseTiny = join(packageRoot, 'models/rise-tiny');
/** A random policy is never right, so RL has nothing to train on; rise-tiny, once trained, is right at times. */
export const isTrained = existsSync(join(riseTiny, 'model.safetensors'));
const model = isTrained ? riseTiny : join(packageRoot, 'test/fixtures/parity/one-image/checkpoint');

/**
 * Writes the config of a run that takes seconds and goes through every state; gives its path.
 *
 * @param policy what the config says of the policy besides its model
 */
export function aSmallRunConfig(folder: string, policy = ''): string {
  const path = join(folder, 'run.yaml');
  writeFileSync(
    path,
    `
name: resume
seed: 3
policy: { model: ${model}, ${policy} }
data:
  train: { kind: tasks, split: train, seed: 1, tiers: { read: 8, sum: 8 } }
  evaluation: { kind: tasks, split: evaluation, seed: 1, tiers: { read: 8, sum: 8 } }
sampling: { maxNewTokens: 48 }
rl: { iterations: 1, promptsPerIteration: 4, groupSize: 4, stepsPerIteration: 2, microBatchSequences: 2, optimizer: { learningRate: 1.0e-4 } }
diagnosis: { trajectoriesPerPrompt: 2 }
sft: { epochs: 2, sequencesPerStep: 4, microBatchSequences: 4, optimizer: { learningRate: 1.0e-4 } }
evaluation: { sampling: { maxNewTokens: 16 } }
compute: { rolloutShards: 2, decodeBatchSequences: 4 }
`,
  );
  return path;
}
