import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { charts } from '../../../src/tasks/charts/charts.ts';
import { encodePng } from '../../../src/tasks/encode-png.ts';

const TIERS = { read: 8, sum: 8 };
const optimizer = { learningRate: 1e-4 };
const tasks = (split: 'train' | 'evaluation') => ({ kind: 'tasks', split, seed: 1, tiers: TIERS });

/** The whole recipe in seconds: two shards of each rollout, three policies to evaluate. */
const SMALL = {
  name: 'small',
  policy: { model: join(packageRoot, 'models/rise-tiny') },
  data: { train: tasks('train') as object, evaluation: tasks('evaluation') },
  sampling: { maxNewTokens: 48 },
  rl: { iterations: 1, promptsPerIteration: 4, groupSize: 4, stepsPerIteration: 2, microBatchSequences: 2, optimizer },
  diagnosis: { trajectoriesPerPrompt: 2 },
  sft: { epochs: 2, sequencesPerStep: 4, microBatchSequences: 4, optimizer },
  evaluation: { sampling: { maxNewTokens: 16 } },
  compute: { rolloutShards: 2, decodeBatchSequences: 4 },
};

/** Writes a config, which is YAML as every JSON is, and gives its path. */
function writeConfig(folder: string, config: { seed: number } & Record<string, unknown>): string {
  const path = join(folder, `run-${config.seed}.yaml`);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

export const aConfigFile = (folder: string, seed: number) => writeConfig(folder, { ...SMALL, seed });

/** Leaves time to stop it in mid-training. */
export const aLongTrainingConfigFile = (folder: string, seed: number) =>
  writeConfig(folder, { ...SMALL, seed, sft: { ...SMALL.sft, epochs: 60 } });

/** Samples its second rollout while it trains on the first. */
export const aPipelinedConfigFile = (folder: string, seed: number) =>
  writeConfig(folder, { ...SMALL, seed, rl: { ...SMALL.rl, iterations: 2, pipelined: true } });

/** Brings its data and a reward of its own; its rollouts are one job, not an array. */
export async function aConfigFileWithData(folder: string, seed: number): Promise<string> {
  mkdirSync(join(folder, 'rewards'));
  copyFileSync(join(packageRoot, 'examples/rewards/brevity.ts'), join(folder, 'rewards/brevity.ts'));
  const rewards = { brevity: { weight: 0.1, module: 'rewards/brevity.ts', options: { words: 20 } } };
  const train = { kind: 'dataset', path: await writeDataset(folder) };
  const config = { ...SMALL, seed, data: { ...SMALL.data, train }, rewards };
  return writeConfig(folder, { ...config, compute: { ...SMALL.compute, rolloutShards: 1 } });
}

/** Gives the path of its lines, relative to the folder. */
async function writeDataset(folder: string): Promise<string> {
  mkdirSync(join(folder, 'images'));
  const rows = charts
    .draw({ split: 'train', seed: 2, tiers: TIERS })
    .map(async ({ promptId, images: [image], ...task }) => {
      const path = `images/${promptId}.png`;
      writeFileSync(join(folder, path), await encodePng(image));
      return JSON.stringify({ promptId, image: path, ...task });
    });
  writeFileSync(join(folder, 'train.jsonl'), (await Promise.all(rows)).join('\n'));
  return 'train.jsonl';
}
