import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { folderModelFiles } from '../../../src/engine/weights/model-files.ts';
import { openWeightFiles } from '../../../src/engine/weights/weight-files.ts';
import { countAdapter } from '../../../src/sizing/adapter.ts';
import { countParameters, parseModelShape, sizeOf, sum } from '../../../src/sizing/model-shape.ts';
import { PUBLISHED_MODELS } from '../../../src/sizing/published-models.ts';
import { mediumCheckpoint } from '../../support/medium-checkpoint.ts';

const published = (name: string) => parseModelShape(PUBLISHED_MODELS[`Qwen/Qwen2.5-VL-${name}-Instruct`]);

describe('parameters', () => {
  // As the model cards' files count them; the vision towers with their mergers: 668,684,288 and 676,550,144 of 3B and 7B.
  it.each([
    ['3B', 3_754_622_976, 0],
    ['7B', 8_292_166_656, 544_997_376],
    ['32B', 33_452_718_336, 778_567_680],
    ['72B', 73_410_777_344, 1_245_708_288],
  ])('of Qwen2.5-VL-%s are %d', (name, total, head) => {
    const counts = countParameters(published(name));
    expect(sum(Object.values(counts))).toBe(total);
    expect(counts.head).toBe(head);
  });

  it.each([
    ['3B', 668_684_288],
    ['7B', 676_550_144],
  ])('of the vision tower of Qwen2.5-VL-%s are %d', (name, count) => {
    const { vision, merger } = countParameters(published(name));
    expect(vision + merger).toBe(count);
  });

  it.each([
    ['rise-tiny', join(packageRoot, 'models/rise-tiny')],
    ['the medium checkpoint', mediumCheckpoint()],
  ])('of %s are as many as its files hold', async (_, folder) => {
    const shape = parseModelShape(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
    const stored = [...(await openWeightFiles(folderModelFiles(folder))).values()];
    expect(sum(Object.values(countParameters(shape)))).toBe(sum(stored.map((tensor) => sizeOf(tensor.shape))));
  });
});

describe('an adapter', () => {
  const shape = published('7B');
  // r (in + out): q and o 3584 + 3584, k and v 3584 + 512, gate, up and down 3584 + 18944; 28 layers.
  const ofRank1 = 28 * (2 * 7168 + 2 * 4096 + 3 * 22_528);

  it('of all linear layers has rank x (in + out) numbers of each, the head left out', () => {
    expect(countAdapter(shape, { rank: 16, targets: 'all-linear' }, true)).toBe(16 * ofRank1);
  });

  it('of named layers has theirs alone', () => {
    expect(countAdapter(shape, { rank: 1, targets: ['q_proj', 'v_proj'] }, true)).toBe(28 * (7168 + 4096));
  });

  it('has the vision tower too where that is not frozen', () => {
    expect(countAdapter(shape, { rank: 1, targets: 'all-linear' }, false)).toBeGreaterThan(ofRank1);
  });
});
