import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { charts } from '../../../../src/tasks/charts/charts.ts';
import { drawTask } from '../../../../src/tasks/charts/task.ts';
import { encodePng } from '../../../../src/tasks/encode-png.ts';
import type { Task } from '../../../../src/tasks/family.ts';

const ALL_TIERS = { read: 40, count: 40, sum: 40, difference: 40, product: 40 };

const hashPixels = (task: Task) => createHash('sha256').update(task.images[0].data).digest('hex').slice(0, 16);
const withPixelHash = (task: Task) => ({ ...task, images: hashPixels(task) });

describe('drawing tasks', () => {
  it('gives the same task, to the pixel, for the same tier and seed', () => {
    const drawn = (['read', 'count', 'product'] as const).map((tier) => drawTask(tier, 5));
    expect(drawn.map((task) => [task.promptId, task.question, hashPixels(task)])).toEqual([
      ['read-c4886c42e4b5', 'What is the value of the green bar?', '1e3b7857a70553ce'],
      ['count-03403f0fe712', 'Count the green squares.', '3168bc8cdc3dc661'],
      ['product-045484763979', 'What is the product of the red bar and the orange bar?', '133c5522b9208bed'],
    ]);
  });

  it('gives distinct tasks, as many per tier as asked, and the same ones again', () => {
    const tasks = charts.draw({ tiers: ALL_TIERS, seed: 3, split: 'train' });
    expect(tasks).toHaveLength(200);
    expect(new Set(tasks.map((task) => task.promptId)).size).toBe(200);
    for (const tier of Object.keys(ALL_TIERS)) expect(tasks.filter((task) => task.tier === tier)).toHaveLength(40);
    const again = charts.draw({ tiers: ALL_TIERS, seed: 3, split: 'train' });
    expect(again.map(withPixelHash)).toEqual(tasks.map(withPixelHash));
  });

  it('draws other tasks for another seed', () => {
    const ids = [1, 2].map((seed) =>
      charts.draw({ tiers: { sum: 50 }, seed, split: 'train' }).map((task) => task.promptId),
    );
    expect(ids[0].filter((id) => ids[1].includes(id))).toEqual([]);
  });

  it('shows no training image in the evaluation, whatever is asked about it', () => {
    const imagesOf = (split: 'train' | 'evaluation') =>
      new Set(charts.draw({ tiers: { read: 400, sum: 400, count: 100 }, seed: 1, split }).map(hashPixels));
    const train = imagesOf('train');
    expect([...imagesOf('evaluation')].filter((image) => train.has(image))).toEqual([]);
  });

  it('interleaves the tiers by their shares', () => {
    const tiers = charts.draw({ tiers: { read: 4, sum: 2 }, seed: 0, split: 'train' }).map((task) => task.tier);
    expect(tiers).toEqual(['read', 'sum', 'read', 'read', 'sum', 'read']);
  });

  it('keeps its pixels through PNG', async () => {
    const [image] = drawTask('count', 9).images;
    const decoded = await sharp(await encodePng(image))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(decoded.info).toMatchObject({ width: 112, height: 112, channels: 3 });
    expect(decoded.data.equals(image.data)).toBe(true);
  });
});
