import { join } from 'node:path';
import { exportRun } from '../../src/formats/export-run.ts';
import { trl } from '../../src/formats/trl.ts';
import type { Store } from '../../src/store/store.ts';
import { aPublishedRun, questionsOfEveryKind, RUN_ID } from '../support/published-run.ts';
import { findPythonOnTorch } from '../support/python-environment.ts';
import { runPeer } from '../support/run-peer.ts';
import { ourRows, PEER_MODEL, type TaughtRow } from '../support/taught-rows.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const environment = findPythonOnTorch('trl==1.16.0', 'datasets==5.2.0', 'pillow==13.0.0', 'torchvision==0.29.2');
if ('missing' in environment) console.warn(`Skipped, ${environment.missing}: what TRL makes of an export`);
const itWithTrl = 'python' in environment ? it : it.skip;

describe('an export for TRL', () => {
  const folder = aTemporaryFolder();
  const file = (set: string) => join(folder, set, 'train.parquet');
  let store: Store;

  beforeAll(async () => {
    store = await aPublishedRun(join(folder, 'store'), await questionsOfEveryKind());
    for (const set of ['sft', 'rl'] as const) {
      const request = { runId: RUN_ID, set, store, out: join(folder, set), exporter: trl };
      await exportRun({ ...request, existing: 'refuse' }, () => ({ advance() {}, close() {} }));
    }
  });

  itWithTrl('gives its SFTTrainer our tokens, loss and pixels, and the line break after the end token', async () => {
    const { python } = environment as { python: string };
    const rows = runPeer<TaughtRow[]>(python, 'test/support/trl_rows.py', 'sft', PEER_MODEL, file('sft'), folder);
    expect(rows).toEqual(await ourRows(store, { after: '\n' }));
  });
});
