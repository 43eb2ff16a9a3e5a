import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { heldModelFiles } from '../../../src/engine/weights/model-files.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { manifestKey, precisionPrefix } from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { choosePrecision } from '../../../src/stages/open-policy.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { readJson } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { openWork } from '../../support/finished-work.ts';
import { aRunConfig, jobDeps, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
let stores = 0;
const aStore = () => createLocalStore(join(folder, String(stores++)));
const tiny = JSON.parse(
  readFileSync(join(packageRoot, 'test/fixtures/parity/one-image/checkpoint/config.json'), 'utf8'),
);
/** A checkpoint without weights; heads keep their size. */
function aModel(hidden_size: number, intermediate_size: number) {
  const heads = (tiny.num_attention_heads * hidden_size) / tiny.hidden_size;
  const sizes = { hidden_size, intermediate_size, num_attention_heads: heads, num_key_value_heads: heads };
  const config = { ...tiny, ...sizes, vision_config: { ...tiny.vision_config, out_hidden_size: hidden_size } };
  return heldModelFiles([['config.json', Buffer.from(JSON.stringify(config))]]);
}
const [narrow, wide] = [aModel(96, 192), aModel(512, 1024)];

async function choose(store: Store, model = wide, compute: Partial<RunConfig['compute']> = {}) {
  const deps = jobDeps(store);
  const scope = { store, runId: RUN_ID, config: aRunConfig({ compute }) };
  const precision = await choosePrecision(scope, model, deps.report);
  return { precision, reports: deps.reports };
}

const summaryOf = async (store: Store) =>
  (await readJson(store, manifestKey(precisionPrefix(RUN_ID)), Manifest)).summary;

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
      const description = { prefix: precisionPrefix(RUN_ID), stage: 'precision', runId: RUN_ID, seed: 5 };
      await (await openWork(store, description)).finish({ precision, reason: 'elsewhere' });
      expect(await choose(store)).toEqual({ precision, reports: [] });
    },
  );
});
