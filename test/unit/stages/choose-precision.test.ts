import { join } from 'node:path';
import type { Qwen25VL } from '../../../src/engine/models/qwen2_5_vl/model.ts';
import { resolvePrecision } from '../../../src/engine/open-engine.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { manifestKey, precisionPrefix } from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { keptPrecision } from '../../../src/stages/open-policy.ts';
import { completeOnce } from '../../../src/store/complete-once.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { readJson } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { aRunConfig, jobDeps, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';
import { tinyConfig } from '../../support/tiny-model.ts';

const folder = aTemporaryFolder();
let stores = 0;
const aStore = () => createLocalStore(join(folder, String(stores++)));
const aModel = (hiddenSize: number, intermediateSize: number): Pick<Qwen25VL, 'config'> => ({
  config: { ...tinyConfig, text: { ...tinyConfig.text, hiddenSize, intermediateSize } },
});
const [narrow, wide] = [aModel(96, 192), aModel(512, 1024)];

async function choose(store: Store, model = wide, compute: Partial<RunConfig['compute']> = {}) {
  const deps = jobDeps(store);
  const config = aRunConfig({ compute });
  const { engine, precision: asked } = config.compute;
  const settings = { engine, precision: asked === 'auto' ? keptPrecision(deps, RUN_ID, config) : asked };
  const precision = await resolvePrecision(settings, model);
  return { precision, reports: deps.reports };
}

const summaryOf = async (store: Store) =>
  (await readJson(store, manifestKey(precisionPrefix(RUN_ID)), Manifest)).summary;

beforeAll(loadBackend);

describe('the precision of a run', () => {
  it.each([
    ['what its config says', { precision: 'bf16' }, 'bf16'],
    ['float32 in the eager engine', { engine: 'eager' }, 'float32'],
  ] as const)('is %s, without measuring', async (_, compute, precision) => {
    const store = aStore();
    expect(await choose(store, wide, compute)).toEqual({ precision, reports: [] });
    expect(await store.list('')).toEqual([]);
  });

  it('is float32 for a narrow model, without measuring', async () => {
    const store = aStore();
    expect(await choose(store, narrow)).toEqual({ precision: 'float32', reports: [] });
    expect(await summaryOf(store)).toEqual({
      precision: 'float32',
      reason: 'a model of width 96 gains little by bf16',
    });
  });

  it('is bf16 where that was measured to take two thirds of the time at most, and says so', async () => {
    const store = aStore();
    const { precision, reports } = await choose(store);
    const [{ stage, metrics }] = reports;
    const isFaster = metrics!.bf16Milliseconds <= (2 / 3) * metrics!.float32Milliseconds;
    expect({ stage, precision }).toEqual({
      stage: `precision: ${precision}`,
      precision: isFaster ? 'bf16' : 'float32',
    });
    const reason = `products of matrices ${isFaster ? 'are' : 'are not'} clearly faster in bf16 here`;
    expect(await summaryOf(store)).toEqual({ precision, reason });
  });

  it.each(['float32', 'bf16'] as const)(
    'stays %s once chosen, whatever a later job would measure',
    async (precision) => {
      const store = aStore();
      const description = { stage: 'precision', runId: RUN_ID, seed: 5 };
      await completeOnce(store, precisionPrefix(RUN_ID), description, async () => ({ precision, reason: 'elsewhere' }));
      expect(await choose(store)).toEqual({ precision, reports: [] });
    },
  );
});
