import { checkSpace, estimateSpace } from '../../../src/launch/check-space.ts';
import { StorageError } from '../../../src/schema/errors.ts';
import { checkpointPrefix, manifestKey } from '../../../src/schema/keys.ts';
import { finishWork } from '../../support/finished-work.ts';
import { aRunConfig, aStoredRun, MODEL_PREFIX, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

describe('the room that a run needs', () => {
  it('is that of the checkpoints not yet there, of two to go on from, and of the states between iterations', async () => {
    const { store } = await aStoredRun(`${folder}/a`, aRunConfig());
    const weights = (await store.sizeOf(`${MODEL_PREFIX}model.safetensors`))!;
    expect(await estimateSpace(store, RUN_ID, aRunConfig())).toEqual({
      checkpoints: 3,
      bytes: 3 * weights + 2 * 3 * weights + 2 * weights,
    });

    await finishWork(store, checkpointPrefix(RUN_ID, 0));
    expect(await store.exists(manifestKey(checkpointPrefix(RUN_ID, 0)))).toBe(true);
    expect(await estimateSpace(store, RUN_ID, aRunConfig())).toEqual({
      checkpoints: 2,
      bytes: 2 * weights + 2 * 3 * weights,
    });
  });

  it('is of no more RL policies than are kept, and the one that comes before another goes', async () => {
    const { store } = await aStoredRun(`${folder}/kept`, aRunConfig());
    const needOf = async (keepCheckpoints: number | 'all') =>
      (await estimateSpace(store, RUN_ID, aRunConfig({ rl: { iterations: 9 }, compute: { keepCheckpoints } })))
        .checkpoints;
    expect(await Promise.all((['all', 1, 3, 20] as const).map(needOf))).toEqual([10, 3, 5, 10]);
  });

  it('is looked for before the run, which is refused with the figures', async () => {
    const config = aRunConfig({ rl: { iterations: 400_000 } });
    const { store } = await aStoredRun(`${folder}/b`, config);
    await expect(checkSpace(store, RUN_ID, aRunConfig())).resolves.toBeUndefined();
    const huge = { ...store, exists: async () => false };
    const refused = checkSpace(huge, RUN_ID, config);
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow(
      /\/b has [\d.]+ GB free, and the run has yet to write about [\d.]+ GB: 400001 checkpoints, .* make room, or give/,
    );
  });
});
