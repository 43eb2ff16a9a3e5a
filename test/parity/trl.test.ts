import { join } from 'node:path';
import { trl } from '../../src/formats/trl.ts';
import type { Store } from '../../src/store/store.ts';
import { aPublishedRun, questionsOfEveryKind } from '../support/published-run.ts';
import { findPythonOnTorch } from '../support/python-environment.ts';
import { runPeer } from '../support/run-peer.ts';
import { type AskedRow, ourPrompts, ourRows, PEER_MODEL, type TaughtRow } from '../support/taught-rows.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { writeExport } from '../support/write-export.ts';

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
      await writeExport(store, trl, set, join(folder, set));
    }
  });

  itWithTrl(
    'gives its trainers our tokens, loss and pixels, and learns the line break after the end token too',
    async () => {
      const { python } = environment as { python: string };
      const { sft, rl } = runPeer<{ sft: TaughtRow[]; rl: AskedRow[] }>(
        ...[python, 'test/support/trl_rows.py', PEER_MODEL, file('sft'), file('rl'), folder],
      );
      expect(sft).toEqual(await ourRows(store, { after: '\n' }));
      expect(rl).toEqual(await ourPrompts(store));
    },
  );
});
