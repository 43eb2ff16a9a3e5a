import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { loadPolicy, type Policy } from '../../src/engine/policy.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { mediumCheckpoint } from '../../test/support/medium-checkpoint.ts';

/** A checkpoint that benches run on. */
export interface BenchModel {
  name: string;
  folder: string;
  /** Which of its tokens end a completion. */
  stopTokenIds(policy: Policy): number[];
}

const MEAN_COMPLETION_TOKENS = 24;

/**
 * rise-tiny ends its answers itself. The medium model's weights are random, so that it spreads over its whole vocabulary:
 * with every 24th id a stop token, each draw ends the completion with a chance of about 1 in 24, on either side of a
 * bench, and lengths vary as they do in a rollout.
 */
export const benchModels = (): BenchModel[] => [
  {
    name: 'rise-tiny',
    folder: join(packageRoot, 'models/rise-tiny'),
    stopTokenIds: ({ processor }) => processor.stopTokenIds,
  },
  {
    name: 'medium',
    folder: mediumCheckpoint(),
    stopTokenIds: ({ model }) => {
      const { vocabSize } = model.config.text;
      return Array.from({ length: vocabSize / MEAN_COMPLETION_TOKENS }, (_, at) => at * MEAN_COMPLETION_TOKENS);
    },
  },
];

export const loadBenchModel = ({ folder }: BenchModel): Promise<Policy> => loadPolicy(folderModelFiles(folder));
