import { sha256Of } from '../../base/hash.ts';
import { encodeRow } from '../../datasets/import/convert-row.ts';
import { imageKey } from '../../schema/keys.ts';
import type { Store } from '../../store/store.ts';
import { encodePng } from '../../tasks/encode-png.ts';
import { drawTasks } from '../../tasks/index.ts';
import type { DatasetSplits } from './split-dataset.ts';

/** Charts enough to see each step of the recipe in seconds; whoever wants results takes examples/tiny.yaml. */
const TIERS = {
  train: { read: 30, sum: 80, difference: 80, product: 130 },
  evaluation: { read: 20, sum: 30, difference: 30, product: 40 },
} as const;

/** Writes a dataset of rendered charts, with worked solutions and visual facts: what one of one's own looks like. */
export async function writeSampleDataset(store: Store): Promise<DatasetSplits> {
  const splits: DatasetSplits = { train: 0, evaluation: 0 };
  for (const split of ['train', 'evaluation'] as const) {
    const rows: string[] = [];
    for (const task of drawTasks({ kind: 'tasks', family: 'charts', split, seed: 1, tiers: TIERS[split] })) {
      const images = task.images.map(async ({ width, height, ...image }) => {
        const png = await encodePng({ width, height, ...image });
        const sha256 = sha256Of(png);
        const key = imageKey(sha256, 'png');
        await store.write(key, png);
        return { key, sha256, width, height };
      });
      rows.push(encodeRow({ ...task, images: await Promise.all(images), groundTruth: task.answer }));
    }
    await store.write(`${split}.jsonl`, rows.join(''));
    splits[split] = rows.length;
  }
  return splits;
}
