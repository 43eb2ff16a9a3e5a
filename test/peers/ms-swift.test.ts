import { join } from 'node:path';
import { msSwift } from '../../src/formats/ms-swift.ts';
import type { Store } from '../../src/store/store.ts';
import { aPublishedRun, questionsOfEveryKind } from '../support/published-run.ts';
import { findPythonOnTorch } from '../support/python-environment.ts';
import { runPeer } from '../support/run-peer.ts';
import { type AskedRow, ourPrompts, ourRows, PEER_MODEL, type TaughtRow } from '../support/taught-rows.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { writeExport } from '../support/write-export.ts';

describe('an export for ms-swift', () => {
  const folder = aTemporaryFolder();
  let store: Store;
  let rows: { sft: TaughtRow[]; rl: AskedRow[] };

  beforeAll(async () => {
    store = await aPublishedRun(join(folder, 'store'), await questionsOfEveryKind());
    for (const set of ['sft', 'rl'] as const) await writeExport(store, msSwift, set, join(folder, set));
    const environment = findPythonOnTorch('ms-swift==4.6.0', 'torchvision==0.29.2', 'qwen-vl-utils==0.0.14');
    if ('missing' in environment) throw new Error(environment.missing);
    const folders = (['sft', 'rl'] as const).map((set) => join(folder, set));
    rows = runPeer(environment.python, 'test/peers/ms_swift_rows.py', PEER_MODEL, ...folders, join(folder, 'scratch'));
  });

  it('gives its template our tokens, loss and pixels, and the line break after the end token', async () => {
    expect(rows.sft).toEqual(await ourRows(store, { after: '\n' }));
  });

  it('gives GRPO our prompts and pixels, with the answer', async () => {
    expect(rows.rl).toEqual(await ourPrompts(store));
  });
});
